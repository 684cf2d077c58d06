/** One task: asking for it, and steering it. */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { get, post } from "./client";
import { newOnce } from "./once";
import type { FoundLines, History, Task } from "./shapes";

export const taskKey = (id: number) => ["task", id] as const;

/** A task, as it is asked for. */
export function taskQuery(id: number) {
  return queryOptions({
    queryKey: taskKey(id),
    queryFn: ({ signal }) => get<Task>(`/tasks/${String(id)}`, { signal }),
    // The parts of a page that show the same task ask for it once.
    staleTime: 1_000,
  });
}

/** A task, asked for again every `interval` milliseconds; false: only when something changes. */
export function useTask(id: number, interval: number | false = false) {
  return useQuery({
    ...taskQuery(id),
    refetchInterval: (query) => (query.state.data?.endedAt == null ? interval : false),
    refetchIntervalInBackground: true,
  });
}

/** A page of what has happened to a task, oldest first. `seen` is when the task changed last. */
export function useHistory(id: number, page: number, seen: string) {
  return useQuery({
    queryKey: ["history", id, page, seen],
    queryFn: ({ signal }) =>
      get<History>(`/tasks/${String(id)}/events`, { query: { page, pageSize: 100 }, signal }),
    placeholderData: (before) => before,
  });
}

export const MOST_HITS = 1000;

/** Milliseconds after which lines are looked for that have been written since. */
const SEARCH_AGAIN = 5_000;

/** Lines of all logs of a task in which a text is found, whatever is folded or shown. */
export function useLogSearch({ id, endedAt, updatedAt: seen }: Task, text: string) {
  return useQuery({
    queryKey: ["log-search", id, text, seen],
    queryFn: ({ signal }) =>
      get<FoundLines>(`/tasks/${String(id)}/logs/search`, {
        query: { q: text, ignoreCase: true, limit: MOST_HITS },
        signal,
      }),
    enabled: text !== "",
    placeholderData: (before, query) => (query?.queryKey[2] === text ? before : undefined),
    staleTime: SEARCH_AGAIN,
    refetchInterval: endedAt === null ? SEARCH_AGAIN : false,
  });
}

export function useCancel(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ force }: { force: boolean }) =>
      post(`/tasks/${String(id)}/cancel`, undefined, { query: force ? { force } : {} }),
    onSettled: () => client.invalidateQueries({ queryKey: taskKey(id) }),
  });
}

/** Runs a task again: once, however often it is asked for until there is an answer. */
export function useRepeat(id: number) {
  const wishes = useRef(new Map<boolean, string>());
  const onceOf = (force: boolean) => {
    const once = wishes.current.get(force) ?? newOnce();
    wishes.current.set(force, once);
    return once;
  };
  return useMutation({
    mutationFn: ({ force }: { force: boolean }) =>
      post<{ taskId: number }>(
        `/tasks/${String(id)}/repeat`,
        { force },
        { headers: { "Idempotency-Key": onceOf(force) } },
      ),
    onSuccess: (_, { force }) => {
      wishes.current.delete(force);
    },
  });
}
