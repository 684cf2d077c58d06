import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

/** The answer of what changes something: each change is a task. */
export interface Accepted {
  success: boolean;
  taskId: number;
}

interface Heard<Answer> {
  onSuccess: (answer: Answer) => void;
  onError?: (error: unknown) => void;
}

/** A change, after which lists named `stale` are asked for anew, and tasks with them; also when it
 * is refused because things stand otherwise than these lists show.
 *
 * Who asked hears of it even where the change has taken away what asked for it, such as the row of a
 * removed member; the library's own way to hear of it forgets those that are gone. */
export function useChange<Given, Answer>(
  change: (given: Given) => Promise<Answer>,
  ...stale: string[]
) {
  const client = useQueryClient();
  const askAnew = () =>
    Promise.all([...stale, "tasks"].map((name) => client.invalidateQueries({ queryKey: [name] })));
  const mutation = useMutation({
    mutationFn: change,
    onSuccess: askAnew,
    onError: (error) => (error instanceof Problem && error.conflict ? askAnew() : undefined),
  });
  const mutate = (given: Given, heard?: Heard<Answer>): void => {
    void mutation.mutateAsync(given).then(heard?.onSuccess, heard?.onError ?? toldByError);
  };
  return { ...mutation, mutate };
}

const toldByError = () => undefined;
