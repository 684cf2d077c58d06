import type { Step, Task } from "../api/shapes";
import { told } from "../ui/told";
import { plain } from "./log/ansi";
import { reachedLimit } from "./reached-limit";
import { jobOf, warnings } from "./trouble";

interface Props {
  task: Task;
  onStep: (id: number) => void;
}

/** Which time limit was reached, and by what. */
export function TimeoutPanel({ task, onStep }: Props) {
  const reached = reachedLimit(task);
  if (reached === null) return null;
  const { step, why } = reached;
  return (
    <section
      aria-label="Why it timed out"
      className="rounded-xl border border-bad bg-surface px-4 py-3 text-sm break-words"
    >
      <strong className="font-semibold text-bad">Timed out</strong>
      {step !== null && (
        <>
          {" "}
          at <StepLink task={task} step={step} onStep={onStep} />
        </>
      )}
      . {why !== null && told(why)}
    </section>
  );
}

/** Which steps ended with a warning, and why. */
export function WarningsPanel({ task, onStep }: Props) {
  const steps = task.status === "done_with_warnings" ? warnings(task) : [];
  if (steps.length === 0) return null;
  return (
    <section
      aria-label="What it warned of"
      className="rounded-xl border border-warn bg-surface px-4 py-3 text-sm"
    >
      <ul className="flex max-h-40 flex-col gap-1.5 overflow-y-auto">
        {steps.map((step) => (
          <li key={step.id} className="break-words">
            <strong className="font-semibold text-warn">Warning</strong> of{" "}
            <StepLink task={task} step={step} onStep={onStep} />.{" "}
            {step.message !== null && told(plain(step.message))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function StepLink({ task, step, onStep }: Props & { step: Step }) {
  return (
    <>
      <button
        type="button"
        onClick={() => {
          onStep(step.id);
        }}
        className="font-medium text-accent underline"
      >
        {step.name}
      </button>
      , in {jobOf(task, step.id)?.title}
    </>
  );
}
