import { keepPreviousData, replaceEqualDeep, useQuery } from "@tanstack/react-query";
import { get, type Query } from "./client";
import type { TaskList } from "./shapes";

/** Tasks as they are shown, which may be another set than there is by now. */
export interface ShownTasks extends TaskList {
  /** How many have come since and are not shown. */
  waiting?: number;
}

interface Manner {
  /** Whether it is asked for once only. */
  once?: boolean;
  /** What is shown next, by what is shown and what there is now. */
  merged?: (shown: ShownTasks, now: TaskList) => ShownTasks;
}

/** A page of tasks without their jobs, which may be many; asked for again every few seconds. The page
 * before is shown until the next is there, so that nothing jumps. */
export function useTasks(query: Query, { once = false, merged }: Manner = {}) {
  return useQuery({
    queryKey: ["tasks", query],
    queryFn: ({ signal }): Promise<ShownTasks> =>
      get<TaskList>("/tasks", { query: { ...query, withoutJobs: true }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: once ? false : 5_000,
    structuralSharing: (shown, now) => {
      const next =
        shown === undefined || merged === undefined
          ? now
          : merged(shown as ShownTasks, now as TaskList);
      return replaceEqualDeep(shown, next);
    },
  });
}
