import type { Task, TaskError } from "../api/shapes";
import { CopyButton } from "../ui/copy-button";
import { plain } from "./log/ansi";
import { told } from "../ui/told";

/** What a message says; whom to ask about it is told beside it, with the reference to copy. */
export function messageOf(error: TaskError): string {
  const message = plain(error.message).replace(/;\s*please contact support.*$/s, "");
  return told(message);
}

/** The reference by which support finds what users do not see (M19). */
export function SupportNotice({ error }: { error: TaskError }) {
  if (error.reference === null) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-1.5">
      {error.contactSupport ? "Please contact support with the reference" : "Reference"}{" "}
      <code className="rounded bg-sunken px-1.5 py-0.5 font-mono">{error.reference}</code>
      <CopyButton text={error.reference} label="Copy the reference" />
    </p>
  );
}

/** In place of the lines that would tell why, where these may not be seen. */
export function OutOfSight({ task }: { task: Task }) {
  if (task.error?.contactSupport !== true || task.error.stepId !== null) return null;
  return (
    <div
      role="note"
      className="border-b border-line bg-surface px-4 py-2.5 text-sm"
      aria-label="What this log does not tell"
    >
      <p>{messageOf(task.error)} These lines do not tell about it.</p>
      <SupportNotice error={task.error} />
    </div>
  );
}
