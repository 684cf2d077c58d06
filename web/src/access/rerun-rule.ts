/** Whether the definition of a task lets it be run again, whoever asks (statuses.md, "Rerun"). */
import type { Task } from "../api/shapes";

/** Why it does not; null where it does. */
export function rerunRule({
  rerunnable,
  status,
}: Pick<Task, "rerunnable" | "status">): string | null {
  const instead = "Run the definition to start a new one.";
  if (rerunnable === "never") return `Its definition lets no task be run again. ${instead}`;
  return rerunnable === "failed" && status === "done"
    ? `Its definition lets only tasks be run again that did not end well. ${instead}`
    : null;
}
