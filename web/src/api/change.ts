import { useMutation, useQueryClient } from "@tanstack/react-query";

/** The answer of what changes something: each change is a task. */
export interface Accepted {
  success: boolean;
  taskId: number;
}

/** A change, after which lists named `stale` are asked for anew, and tasks with them. */
export function useChange<Given, Answer>(
  change: (given: Given) => Promise<Answer>,
  ...stale: string[]
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all(
        [...stale, "tasks"].map((name) => client.invalidateQueries({ queryKey: [name] })),
      ),
  });
}
