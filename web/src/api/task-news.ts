/** What runs now and what ended lately: live where the server streams it, else asked for. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { address, get } from "./client";
import type { Status, Task, TaskList } from "./shapes";
import { ENDED, UNENDED } from "./statuses";

export interface TaskNews {
  running: Task[];
  /** How many run, of which `running` holds the newest. */
  runningCount: number;
  ended: Task[];
}

const MOST = 8;
/** Milliseconds in which a stream begins, or nobody waits for it. */
const PATIENCE = 500;
/** Milliseconds until a stream is asked for again that was refused. */
const AGAIN = 10_000;

export function useTaskNews() {
  const live = useLiveNews();
  // What is asked for once the stream is there has not to be asked for again for fear of a gap.
  const late = useLate(PATIENCE);
  return useQuery({
    queryKey: ["task-news"],
    enabled: live || late,
    queryFn: async ({ signal }): Promise<TaskNews> => {
      const ask = (statuses: readonly Status[]) =>
        get<TaskList>("/tasks", {
          query: { statuses, pageSize: MOST, withoutJobs: true },
          signal,
        });
      const [running, ended] = await Promise.all([ask(UNENDED), ask(ENDED)]);
      return { running: running.items, runningCount: running.totalCount, ended: ended.items };
    },
    // A stream that is there may still miss what this reader has only just been allowed to see.
    refetchInterval: live ? 60_000 : 4_000,
  });
}

/** Asks for the news whenever the stream tells of a task. Browsers allow few connections to one
 * server, so a tab that nobody looks at holds none. */
function useLiveNews(): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    const began = performance.now();
    let source: EventSource | null = null;
    let waiting: number | undefined;
    let again: number | undefined;
    let opened = false;
    const renew = () => {
      waiting ??= window.setTimeout(() => {
        waiting = undefined;
        void client.invalidateQueries({ queryKey: ["task-news"] });
      }, 300);
    };
    const close = () => {
      window.clearTimeout(again);
      source?.close();
      source = null;
      setLive(false);
    };
    const look = () => {
      if (document.hidden) {
        close();
        return;
      }
      if (source !== null) return;
      source = new EventSource(address("/tasks/stream"));
      source.addEventListener("open", () => {
        setLive(true);
        // The first time it is asked for because of that; later there was a gap.
        if (opened || performance.now() - began > PATIENCE) renew();
        opened = true;
      });
      source.addEventListener("error", () => {
        setLive(false);
        // A connection that broke is made anew by the browser; one that was refused is not.
        if (source?.readyState !== EventSource.CLOSED) return;
        source = null;
        again = window.setTimeout(look, AGAIN);
      });
      source.addEventListener("task", renew);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.clearTimeout(waiting);
      close();
    };
  }, [client]);
  return live;
}

/** Whether so many milliseconds have passed since the page was opened. */
function useLate(patience: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setLate(true);
    }, patience);
    return () => {
      window.clearTimeout(timer);
    };
  }, [patience]);
  return late;
}
