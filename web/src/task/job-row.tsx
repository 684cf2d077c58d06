import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Job } from "../api/shapes";
import { StatusIcon } from "../ui/status-badge";
import { statusLook } from "../ui/status-look";
import { Duration } from "../ui/time";
import { HitCount } from "./hit-count";
import { StepRow } from "./step-row";
import { SystemMark } from "./system-mark";
import { holds } from "./trouble";

interface Props {
  job: Job;
  /** Whether it is folded until somebody unfolds it. */
  over: boolean;
  chosen: number | null;
  found: ReadonlyMap<number, number>;
  onStep: (id: number) => void;
}

/** A job, and its steps where it is unfolded. */
export function JobRow({ job, over, chosen, found, onStep }: Props) {
  const hasChosen = holds(job, chosen);
  const [toggled, setToggled] = useState<boolean | null>(null);
  const open = toggled ?? (hasChosen || !over);
  const hits = job.steps.reduce((sum, step) => sum + (found.get(step.id) ?? 0), 0);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li className="overflow-hidden rounded-xl border border-line bg-surface [contain-intrinsic-size:auto_2.625rem] [content-visibility:auto]">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          setToggled(!open);
        }}
        className="flex min-h-10 w-full items-center gap-2.5 px-3 text-left text-sm hover:bg-sunken"
      >
        <StatusIcon status={job.status} />
        <span className="min-w-0 flex-1 truncate font-medium">{job.title}</span>
        {job.status === "queued" && <AwaitedPool pool={job.pool} />}
        {job.isSystem && <SystemMark />}
        {hits > 0 && !open && <HitCount count={hits} />}
        <span className="text-xs text-muted">
          <Duration from={job.startedAt} to={job.endedAt} />
        </span>
        <Chevron size={15} aria-hidden className="shrink-0 text-muted" />
      </button>
      {open && (
        <ul className="border-t border-line py-1">
          {job.steps.map((step) => (
            <li key={step.id}>
              <StepRow
                step={step}
                chosen={step.id === chosen}
                hits={found.get(step.id) ?? 0}
                onChoose={() => {
                  onStep(step.id);
                }}
              />
            </li>
          ))}
          {job.steps.length === 0 && (
            <li className="px-3 py-2 text-sm text-muted">{statusLook(job.status).word}</li>
          )}
        </ul>
      )}
    </li>
  );
}

/** Whose place a queued job waits for: one machine is every pool, else it takes a worker of it. */
function AwaitedPool({ pool }: { pool: string }) {
  return (
    <span
      title={`Waits for a place in the pool ${pool}.`}
      className="max-w-36 shrink-0 truncate text-xs text-muted"
    >
      for pool {pool}
    </span>
  );
}
