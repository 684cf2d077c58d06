/** The graph of jobs, which is half as large as all of the rest, and so comes by itself. */
import { useEffect } from "react";

export const graphTab = () => import("./graph/graph-tab");

/** Milliseconds after which a page has what it shows first. */
const QUIET = 1_000;

/** Loads the graph before it is asked for: at once if it is shown first. */
export function useEarlyGraph(now: boolean): void {
  useEffect(() => {
    const timer = window.setTimeout(
      () => {
        // Who has no connection at the moment hears of it from the tab.
        void graphTab().catch(() => undefined);
      },
      now ? 0 : QUIET,
    );
    return () => {
      window.clearTimeout(timer);
    };
  }, [now]);
}
