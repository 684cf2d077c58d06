/** Asking for tasks, and doing something about them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, type Query } from "./client";
import type { TaskList } from "./shapes";

/** A page of tasks; the one before stays until the next is there, so that nothing jumps. */
export function useTasks(query: Query) {
  return useQuery({
    queryKey: ["tasks", query],
    queryFn: ({ signal }) => get<TaskList>("/tasks", { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
}
