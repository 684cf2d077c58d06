import { useState } from "react";
import type { FoundLine, Job, Task } from "../api/shapes";
import { Fold } from "./fold";
import { foldedLabel } from "./folded-jobs";
import { HiddenParts } from "./hidden-parts";
import { arranged, arrangementOf, type JobArrangement } from "./job-arrangement";
import { JobRow } from "./job-row";
import { holds } from "./trouble";

interface Props {
  task: Task;
  chosen: number | null;
  hits: readonly FoundLine[];
  onStep: (id: number) => void;
}

/** Passed jobs that are shown where there is nothing else to see. */
const FEW = 60;

/** Jobs and steps: failed and waiting first, what passed folded. Nothing moves under a mouse. */
export function JobList({ task, chosen, hits, onStep }: Props) {
  const [kept, setKept] = useState<JobArrangement | null>(null);
  const arrangement = kept ?? arrangementOf(task);
  const jobs = arranged(task.jobs, arrangement);
  const [over, open] = parted(jobs, (job) => arrangement.over.has(job.name));
  const many = over.length > FEW;
  // Of many the chosen one stands with those that are seen.
  const [folded, picked] = parted(over, (job) => !many || !holds(job, chosen));
  const found = hitsByStep(hits);
  const row = (job: Job) => (
    <JobRow
      key={job.id}
      job={job}
      over={arrangement.over.has(job.name)}
      chosen={chosen}
      found={found}
      onStep={onStep}
    />
  );
  return (
    <nav
      aria-label="Jobs and steps"
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse") setKept(arrangement);
      }}
      onPointerLeave={() => {
        setKept(null);
      }}
      className="flex flex-col gap-2 overflow-y-auto max-xl:max-h-[50dvh] xl:min-h-0"
    >
      <ul className="flex flex-col gap-2">{[...open, ...picked].map(row)}</ul>
      {folded.length > 0 && (
        <Fold
          label={foldedLabel(folded, many)}
          openAtFirst={!many && (open.length === 0 || over.some((job) => holds(job, chosen)))}
        >
          <ul className="flex flex-col gap-2">{folded.map(row)}</ul>
        </Fold>
      )}
      <HiddenParts task={task} />
    </nav>
  );
}

/** Those of which something is true, and the others. */
function parted<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

function hitsByStep(hits: readonly FoundLine[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { stepId } of hits) found.set(stepId, (found.get(stepId) ?? 0) + 1);
  return found;
}
