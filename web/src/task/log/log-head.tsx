import { Clock, Download, Link2, WrapText } from "lucide-react";
import type { Job, Step } from "../../api/shapes";
import { address } from "../../api/client";
import { Chevron } from "../../ui/chevron";
import { classNames } from "../../ui/class-names";
import { CopyButton } from "../../ui/copy-button";
import { StatusBadge } from "../../ui/status-badge";
import { statusLook } from "../../ui/status-look";
import { Duration } from "../../ui/time";
import { NextTryText } from "../next-try-text";
import { addressOf, textOf, type LineSpan } from "../view";
import { toggleTimes, toggleWrap, type LogLook } from "./log-look";

interface Props {
  job: Job;
  step: Step;
  attempt: number;
  onAttempt: (attempt: number | null) => void;
  lines: LineSpan | null;
  look: LogLook;
}

/** Stays above the lines: which step, how it goes, and how they are shown. */
export function LogHead({ job, step, attempt, onAttempt, lines, look }: Props) {
  const shown = step.attempts.find((one) => one.number === attempt);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-sm font-semibold">
          {step.name} <span className="font-normal text-muted">in {job.title}</span>
        </h2>
        <p className="text-xs text-muted">
          <Duration
            from={shown?.startedAt ?? step.startedAt}
            to={shown === undefined ? step.endedAt : shown.endedAt}
          />
          {shown?.exitCode != null && ` · exit code ${String(shown.exitCode)}`}
          {shown?.signal != null && ` · ended by ${shown.signal}`}
          {step.status === "backed_off" && (
            <>
              {" · "}
              <NextTryText step={step} />
            </>
          )}
        </p>
      </div>
      {/* An attempt under way is what its step is: canceling, perhaps. */}
      <StatusBadge status={shown?.endedAt == null ? step.status : shown.status} />
      {step.attempts.length > 1 && <Attempts step={step} attempt={attempt} onAttempt={onAttempt} />}
      <div className="flex gap-1">
        {lines !== null && (
          <CopyButton
            text={addressOf(step.id, attempt, lines)}
            label={`Copy the link to ${textOf(lines)}`}
            Icon={Link2}
          />
        )}
        <Toggle label="Wrap lines" on={look.wrap} onClick={toggleWrap} Icon={WrapText} />
        <Toggle label="Show times" on={look.times !== null} onClick={toggleTimes} Icon={Clock} />
        <a
          href={address(`/task-steps/${String(step.id)}/raw-log`, { attempt })}
          download={`step-${String(step.id)}-attempt-${String(attempt)}.log`}
          className={BUTTON}
          title="Download the raw log"
        >
          <Download size={16} aria-hidden />
          <span className="sr-only">Download the raw log</span>
        </a>
      </div>
    </div>
  );
}

const BUTTON =
  "inline-flex size-8 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-text";

interface AttemptsProps {
  step: Step;
  attempt: number;
  onAttempt: (attempt: number | null) => void;
}

function Attempts({ step, attempt, onAttempt }: AttemptsProps) {
  const last = step.attempts.at(-1)?.number;
  return (
    <Chevron>
      <select
        aria-label="Attempt"
        value={attempt}
        onChange={(event) => {
          const chosen = Number(event.target.value);
          onAttempt(chosen === last ? null : chosen);
        }}
        className="min-h-8 rounded-lg border border-line-strong w-full appearance-none bg-surface pr-7 pl-2.5 text-xs"
      >
        {step.attempts.map((one) => (
          <option key={one.number} value={one.number}>
            Attempt {one.number}: {statusLook(one.status).word}
          </option>
        ))}
      </select>
    </Chevron>
  );
}

interface ToggleProps {
  label: string;
  on: boolean;
  onClick: () => void;
  Icon: typeof Clock;
}

function Toggle({ label, on, onClick, Icon }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      title={label}
      onClick={onClick}
      className={classNames(BUTTON, on && "bg-accent-soft text-accent-strong")}
    >
      <Icon size={16} aria-hidden />
      <span className="sr-only">{label}</span>
    </button>
  );
}
