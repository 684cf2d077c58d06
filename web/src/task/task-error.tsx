import type { ReactNode } from "react";
import type { Task, TaskError } from "../api/shapes";
import { CopyButton } from "../ui/copy-button";
import { plain } from "./log/ansi";

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
  const where = [error.stepName, error.jobName].filter(Boolean).join(" in ");
  return (
    <section
      aria-label="Why it failed"
      className="rounded-xl border border-bad bg-surface px-4 py-3 text-sm"
    >
      <p className="break-words">
        <strong className="font-semibold text-bad">
          {error.class === "system" ? "System error" : "Error"}
          {where !== "" && ` at ${where}`}
        </strong>
        {": "}
        {plain(error.message)}
      </p>
      {error.contactSupport && error.reference !== null && (
        <Support>
          Please contact support with the reference{" "}
          <code className="rounded bg-sunken px-1.5 py-0.5 font-mono">{error.reference}</code>
          <CopyButton text={error.reference} label="Copy the reference" />
        </Support>
      )}
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
                <span className="truncate">{plain(line.text)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error.detail != null && (
        <details className="mt-2.5">
          <summary className="cursor-pointer text-muted">Details for support</summary>
          <pre className="mt-2 max-h-64 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs">
            {error.detail}
          </pre>
        </details>
      )}
    </section>
  );
}

function Support({ children }: { children: ReactNode }) {
  return <p className="mt-1.5 flex flex-wrap items-center gap-1.5">{children}</p>;
}
