import type { Task } from "../../api/shapes";
import { EmptyState } from "../../ui/empty-state";

/** In place of a log that there is not. */
export function NoLog({ task, name }: { task: Task; name: string | undefined }) {
  if (name === undefined) {
    return <EmptyState title="No steps to see">This task has none that you may see.</EmptyState>;
  }
  return (
    <EmptyState title={`${name} ${task.endedAt === null ? "has not started" : "was not run"}`}>
      {task.endedAt === null
        ? "Its log appears here as soon as it writes the first line."
        : "The task ended before it came to this step."}
    </EmptyState>
  );
}
