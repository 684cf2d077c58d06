import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, type Query } from "./client";
import type { TaskList } from "./shapes";

/** A page of tasks without their jobs, which may be many; asked for again every few seconds unless it is
 * to stay as it is. The page before is shown until the next is there, so that nothing jumps. */
export function useTasks(query: Query, { stays = false } = {}) {
  return useQuery({
    queryKey: ["tasks", query],
    queryFn: ({ signal }) =>
      get<TaskList>("/tasks", { query: { ...query, withoutJobs: true }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: stays ? false : 5_000,
  });
}
