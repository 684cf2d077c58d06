/** Whether moments are shown relative, in the zone of the browser, or in UTC. */
import { useSyncExternalStore } from "react";
import { remembered } from "./remembered";

export type TimeStyle = "relative" | "absolute" | "utc";

const kept = remembered<TimeStyle>("tasktrail.times", "relative", ["relative", "absolute", "utc"]);

export function useTimeStyle(): TimeStyle {
  return useSyncExternalStore(kept.subscribe, kept.get);
}

export const chooseTimeStyle = kept.set;
