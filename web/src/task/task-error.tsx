import type { Task, TaskError } from "../api/shapes";
import { plain } from "./log/ansi";
import { messageOf, SupportNotice } from "./support-notice";
import { jobOf } from "./trouble";

interface Props {
  task: Task;
  onLine: (line: number) => void;
}

/** Why a task failed: by its own work, or by the system; and the lines of the log that tell. */
export function TaskErrorPanel({ task, onLine }: Props) {
  const { error } = task;
  if (error === null) return null;
  // Left out where the step that failed is not to be seen.
  const lines = (error.lines as TaskError["lines"] | undefined) ?? [];
  return (
    <section
      aria-label="Why it failed"
      className="rounded-xl border border-bad bg-surface px-4 py-3 text-sm"
    >
      <p className="break-words">
        <strong className="mr-1 font-semibold text-bad">{titleOf(task, error)}.</strong>{" "}
        {messageOf(error)}
      </p>
      <SupportNotice error={error} />
      {lines.length > 0 && (
        <ul aria-label="Lines that tell" className="mt-2.5 rounded-lg bg-sunken py-1.5 font-mono">
          {lines.slice(0, 5).map((line) => (
            <li key={line.line}>
              <button
                type="button"
                onClick={() => {
                  onLine(line.line);
                }}
                className="flex w-full gap-3 px-3 py-0.5 text-left text-[13px] hover:bg-surface"
              >
                <span className="tabular w-14 shrink-0 text-right text-muted">
                  <span className="sr-only">Go to line </span>
                  {line.line}
                </span>
                <span className="min-w-0 overflow-hidden text-ellipsis whitespace-pre">
                  {plain(line.text)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error.detail != null && (
        <details className="mt-2.5">
          <summary className="cursor-pointer text-muted">Details for support</summary>
          <pre
            tabIndex={0}
            aria-label="Details for support"
            className="mt-2 max-h-64 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs"
          >
            {error.detail}
          </pre>
        </details>
      )}
    </section>
  );
}

/** Such as "Failed at Apply migrations, in Migrate". */
function titleOf(task: Task, error: TaskError): string {
  const what = whatHappened(error);
  if (error.stepName === null) return what;
  const job = error.stepId === null ? undefined : jobOf(task, error.stepId);
  const where = job?.title ?? error.jobName;
  return `${what} at ${error.stepName}${where === null ? "" : `, in ${where}`}`;
}

/** What support cannot help with is no fault: whoever stopped Tasktrail cut the step off. */
function whatHappened(error: TaskError): string {
  if (error.class !== "system") return "Failed";
  return error.contactSupport ? "System error" : "Cut off";
}
