import type { Step } from "../api/shapes";
import { classNames } from "../ui/class-names";
import { StatusIcon } from "../ui/status-badge";
import { Duration } from "../ui/time";
import { HitCount } from "./hit-count";
import { NextTryText } from "./next-try-text";
import { SystemMark } from "./system-mark";

interface Props {
  step: Step;
  chosen: boolean;
  hits: number;
  onChoose: () => void;
}

export function StepRow({ step, chosen, hits, onChoose }: Props) {
  const tries = step.attempts.length;
  const backedOff = step.status === "backed_off";
  return (
    <button
      type="button"
      aria-current={chosen ? "step" : undefined}
      data-step={step.id}
      onClick={onChoose}
      className={classNames(
        "flex min-h-9 w-full items-center gap-2.5 py-1.5 pr-3 pl-5 text-left text-sm",
        chosen ? "bg-accent-soft" : "hover:bg-sunken",
      )}
    >
      <StatusIcon status={step.status} size={14} />
      <span className="min-w-0 flex-1 truncate">{step.name}</span>
      {step.isSystem && <SystemMark brief />}
      {hits > 0 && <HitCount count={hits} />}
      {backedOff && <NextTryText brief step={step} />}
      {tries > 1 && !backedOff && (
        <span className="shrink-0 text-xs text-warn">{tries} attempts</span>
      )}
      {!backedOff && (
        <span className="shrink-0 text-xs text-muted">
          <Duration from={step.startedAt} to={step.endedAt} />
        </span>
      )}
    </button>
  );
}
