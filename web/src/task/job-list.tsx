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

/** Jobs and steps: failed and waiting first, what passed folded. */
export function JobList({ task, chosen, hits, onStep }: Props) {
  const jobs = byTrouble(task.jobs);
  const open = jobs.filter((job) => !passed(job.status));
  const over = jobs.filter((job) => passed(job.status));
  const found = hitsByStep(hits);
  const row = (job: Job) => (
    <JobRow key={job.id} job={job} chosen={chosen} found={found} onStep={onStep} />
  );
  return (
    <nav aria-label="Jobs and steps" className="flex flex-col gap-2">
      <ul className="flex flex-col gap-2">{open.map(row)}</ul>
      {over.length > 0 && (
        <Fold
          label={`${String(over.length)} ${over.length === 1 ? "job" : "jobs"} without trouble`}
          openAtFirst={open.length === 0 || over.some((job) => holds(job, chosen))}
        >
          <ul className="flex flex-col gap-2">{over.map(row)}</ul>
        </Fold>
      )}
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
    <li className="overflow-hidden rounded-xl border border-line bg-surface">
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

export function SystemMark() {
  return (
    <span className="inline-flex shrink-0 items-center gap-1 rounded-full border border-line-strong px-1.5 text-xs text-muted">
      <Lock size={11} aria-hidden /> system
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

function holds(job: Job, stepId: number | null): boolean {
  return job.steps.some((step) => step.id === stepId);
}

function hitsByStep(hits: readonly FoundLine[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { stepId } of hits) found.set(stepId, (found.get(stepId) ?? 0) + 1);
  return found;
}
