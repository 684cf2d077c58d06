import { useEffect } from "react";

/** Milliseconds after which a page has what it shows first. */
const QUIET = 2_000;

/** Does something that can wait once the page has what it shows first, and nothing else to do. */
export function useQuietly(act: () => void): void {
  useEffect(() => {
    const timer = window.setTimeout(() => {
      // Not every browser tells when it is idle.
      if ("requestIdleCallback" in window) window.requestIdleCallback(act);
      else act();
    }, QUIET);
    return () => {
      window.clearTimeout(timer);
    };
  }, [act]);
}
