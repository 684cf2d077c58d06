import { ChevronDown, ChevronRight, Lock } from "lucide-react";
import { useState } from "react";
import type { FoundLine, Job, Task } from "../api/shapes";
import { classNames } from "../ui/class-names";
import { StatusIcon } from "../ui/status-badge";
import { statusLook } from "../ui/status-look";
import { Duration } from "../ui/time";
import { StepRow } from "./step-row";
import { byTrouble, passed } from "./trouble";

interface Props {
  task: Task;
  chosen: number | null;
  hits: readonly FoundLine[];
  onStep: (id: number) => void;
}

/** Passed jobs that are shown where there is nothing else to see. */
const FEW = 60;

/** Jobs and steps: failed and waiting first, what passed folded. */
export function JobList({ task, chosen, hits, onStep }: Props) {
  const jobs = byTrouble(task.jobs);
  const [over, open] = parted(jobs, (job) => passed(job.status));
  const many = over.length > FEW;
  // Of many the chosen one stands with those that are seen.
  const [folded, picked] = parted(over, (job) => !many || !holds(job, chosen));
  const found = hitsByStep(hits);
  const row = (job: Job) => (
    <JobRow key={job.id} job={job} chosen={chosen} found={found} onStep={onStep} />
  );
  return (
    <nav
      aria-label="Jobs and steps"
      className="flex flex-col gap-2 overflow-y-auto max-xl:max-h-[50dvh] xl:min-h-0"
    >
      <ul className="flex flex-col gap-2">{[...open, ...picked].map(row)}</ul>
      {folded.length > 0 && (
        <Fold
          label={`${counted(folded.length, many ? "more job" : "job")} without trouble`}
          openAtFirst={!many && (open.length === 0 || over.some((job) => holds(job, chosen)))}
        >
          <ul className="flex flex-col gap-2">{folded.map(row)}</ul>
        </Fold>
      )}
      <Hidden task={task} />
    </nav>
  );
}

interface JobProps {
  job: Job;
  chosen: number | null;
  found: ReadonlyMap<number, number>;
  onStep: (id: number) => void;
}

function JobRow({ job, chosen, found, onStep }: JobProps) {
  const hasChosen = holds(job, chosen);
  const [toggled, setToggled] = useState<boolean | null>(null);
  const open = toggled ?? (hasChosen || !passed(job.status));
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
        {hits > 0 && !open && <Hits count={hits} />}
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

interface FoldProps {
  label: string;
  openAtFirst: boolean;
  children: React.ReactNode;
}

function Fold({ label, openAtFirst, children }: FoldProps) {
  const [toggled, setToggled] = useState<boolean | null>(null);
  const open = toggled ?? openAtFirst;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          setToggled(!open);
        }}
        className={classNames(
          "flex min-h-9 w-full items-center gap-2 rounded-lg px-3 text-sm text-muted hover:bg-sunken",
          open && "mb-2",
        )}
      >
        <Chevron size={15} aria-hidden /> {label}
      </button>
      {open && children}
    </div>
  );
}

/** `brief`: only its sign, where there is little room. */
export function SystemMark({ brief = false }: { brief?: boolean }) {
  return (
    <span
      title="Of the system: most people do not see it."
      className="inline-flex shrink-0 items-center gap-1 rounded-full border border-line-strong px-1.5 text-xs leading-5 text-muted"
    >
      <Lock size={11} aria-hidden className={brief ? "my-1" : ""} />
      <span className={brief ? "sr-only" : ""}>system</span>
    </span>
  );
}

export function Hits({ count }: { count: number }) {
  return (
    <span className="tabular shrink-0 rounded-full bg-found px-1.5 text-xs text-text">
      {count}
      <span className="sr-only"> lines found</span>
    </span>
  );
}

/** Owners see that there are parts of the system, and not which (M19). */
function Hidden({ task }: { task: Task }) {
  const steps = task.jobs.reduce((sum, job) => sum + job.hiddenSteps, 0);
  const parts = [
    ...(task.hiddenJobs > 0 ? [counted(task.hiddenJobs, "job")] : []),
    ...(steps > 0 ? [counted(steps, "step")] : []),
  ];
  if (parts.length === 0) return null;
  return (
    <p className="flex gap-2 px-3 py-1 text-xs text-muted" title="Support sees them.">
      <Lock size={13} aria-hidden className="mt-px shrink-0" />
      Not shown: {parts.join(" and ")} of the system
    </p>
  );
}

/** Those of which something is true, and the others. */
function parted<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

function counted(count: number, what: string): string {
  return `${String(count)} ${count === 1 ? what : `${what}s`}`;
}

function holds(job: Job, stepId: number | null): boolean {
  return job.steps.some((step) => step.id === stepId);
}

function hitsByStep(hits: readonly FoundLine[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { stepId } of hits) found.set(stepId, (found.get(stepId) ?? 0) + 1);
  return found;
}
