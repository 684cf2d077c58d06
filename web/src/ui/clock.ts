/** One clock for all ages and durations on the page: they tick together, once a second. */
import { useSyncExternalStore } from "react";
import { serverNow } from "../api/server-time";

let now = serverNow();
const listeners = new Set<() => void>();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // As long as nobody looked it stood still.
  if (timer === undefined) now = serverNow();
  timer ??= window.setInterval(() => {
    now = serverNow();
    listeners.forEach((each) => {
      each();
    });
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Milliseconds since 1970 by the clock of the server, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
