/**
 * A task as it is now, and the lines that are being added to one of its logs.
 *
 * Events where the server sends them, asking again and again where it does not; nothing else on the
 * page knows which. A page that nobody sees gives its connection back, since browsers have few, and
 * asks from time to time, so that its title and icon stay true.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { follow, type NewLines } from "../api/live";
import { taskKey, useTask } from "../api/task";

export interface Watched {
  stepId: number;
  attempt: number;
  /** The lines of the log that are known already. */
  known: () => number;
  onLines: (lines: NewLines) => void;
}

const ASKING = 1_000;
const ASKING_UNSEEN = 15_000;

export function useLiveTask(id: number, watched: Watched | null) {
  const client = useQueryClient();
  const seen = useSyncExternalStore(onVisibility, isVisible);
  const [connected, setConnected] = useState(false);
  const task = useTask(id, !seen ? ASKING_UNSEEN : connected ? false : ASKING);
  const latest = useRef(watched);
  useEffect(() => {
    latest.current = watched;
  }, [watched]);
  const stepId = watched?.stepId;
  const attempt = watched?.attempt;
  const following = task.data !== undefined && task.data.endedAt === null && seen;
  useEffect(() => {
    if (!following) return;
    const known = latest.current?.known() ?? 0;
    const query =
      stepId === undefined ? { logs: "none" } : { stepId, attempt, from: Math.max(1, known + 1) };
    return follow(id, query, {
      onTask: (changed) => {
        // An answer that is on its way is older, and would put the task back.
        void client.cancelQueries({ queryKey: taskKey(id) });
        client.setQueryData(taskKey(id), changed);
      },
      onLines: (lines) => latest.current?.onLines(lines),
      onConnection: setConnected,
    });
  }, [client, id, following, stepId, attempt]);
  return { task, connected: connected && following };
}

const isVisible = () => document.visibilityState === "visible";

function onVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
  };
}
