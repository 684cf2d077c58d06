import type { Step, Task } from "../api/shapes";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { StatusIcon } from "../ui/status-badge";
import { told } from "../ui/told";
import { plain } from "./log/ansi";
import { messageOf } from "./support-notice";
import { failures, jobOf } from "./trouble";

interface Props {
  task: Task;
  open: boolean;
  onOpen: (open: boolean) => void;
  onRun: () => void;
}

/** Before a forced rerun: what went wrong, and which of it would be forgiven the next time. */
export function ForcedRerun({ task, open, onOpen, onRun }: Props) {
  const failed = failures(task);
  if (!open) return null;
  return (
    <Dialog
      title="Run again, forced"
      onClose={() => {
        onOpen(false);
      }}
    >
      <p className="text-muted">
        A forced run goes on after errors of the operation: each becomes a warning. Errors of the
        system and timeouts are not forgiven.
      </p>
      {failed.length === 0 ? (
        <p className="mt-4 text-sm">
          {task.error === null
            ? "No step of this task failed, so there is nothing to forgive."
            : messageOf(task.error)}
        </p>
      ) : (
        <ul
          aria-label="Errors of the task that is repeated"
          className="mt-4 max-h-72 divide-y divide-line overflow-y-auto rounded-xl border border-line"
        >
          {failed.map((step) => (
            <Failure key={step.id} task={task} step={step} />
          ))}
        </ul>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button
          onClick={() => {
            onOpen(false);
          }}
        >
          Back
        </Button>
        <Button look="primary" onClick={onRun}>
          Run it, forced
        </Button>
      </div>
    </Dialog>
  );
}

function Failure({ task, step }: { task: Task; step: Step }) {
  return (
    <li className="flex gap-3 px-4 py-3 text-sm">
      <StatusIcon status={step.status} />
      <div className="min-w-0">
        <p className="font-medium break-words">
          {step.name}{" "}
          <span className="font-normal text-muted">in {jobOf(task, step.id)?.title}</span>
        </p>
        <p className="text-muted">{classOf(step)}</p>
        {step.message !== null && (
          <p className="mt-0.5 line-clamp-3 break-words">{told(plain(step.message))}</p>
        )}
      </div>
    </li>
  );
}

/** What kind of error it was, and what force makes of it (statuses.md). */
function classOf(step: Step): string {
  if (step.status === "timed_out") return "Timeout: not forgiven";
  if (step.status === "done_with_warnings") return "Error of the operation: was a warning already";
  return step.errorClass === "system"
    ? "Error of the system: not forgiven"
    : "Error of the operation: forgiven";
}
