/** How logs are shown: kept by the browser, for all tasks. */
import { useSyncExternalStore } from "react";
import { remembered } from "../../ui/remembered";
import { useTimeStyle } from "../../ui/time-style";

const wrap = remembered<"wrap" | "cut">("tasktrail.log-lines", "cut", ["wrap", "cut"]);
const times = remembered<"shown" | "hidden">("tasktrail.log-times", "hidden", ["shown", "hidden"]);

export interface LogLook {
  wrap: boolean;
  times: "local" | "utc" | null;
}

export function useLogLook(): LogLook {
  const wrapped = useSyncExternalStore(wrap.subscribe, wrap.get) === "wrap";
  const shown = useSyncExternalStore(times.subscribe, times.get) === "shown";
  const style = useTimeStyle();
  return { wrap: wrapped, times: !shown ? null : style === "utc" ? "utc" : "local" };
}

export function toggleWrap(): void {
  wrap.set(wrap.get() === "wrap" ? "cut" : "wrap");
}

export function toggleTimes(): void {
  times.set(times.get() === "shown" ? "hidden" : "shown");
}
