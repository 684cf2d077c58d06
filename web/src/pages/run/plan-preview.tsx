import { useState } from "react";
import { useSupportDefault } from "../../access/support-default";
import type { DefinitionDetails } from "../../api/definitions";
import { Button } from "../../ui/button";
import { Tag } from "../../ui/tag";

interface Props {
  definition: DefinitionDetails;
  title: string;
  forced: boolean;
}

/** What the task will be: its title by what is entered, and its jobs. */
export function PlanPreview({ definition, title, forced }: Props) {
  const open = useSupportDefault() && definition.support;
  return (
    <aside
      aria-label="What will be done"
      className="rounded-xl border border-line bg-surface p-5 lg:sticky lg:top-6"
    >
      <h2 className="text-xs font-medium text-muted">The task will be called</h2>
      <p className="mt-1 font-medium break-words">{title}</p>
      <p className="mt-2 flex flex-wrap gap-1.5">
        {forced && <Tag tone="warn">forced</Tag>}
        <Tag>{RERUN[definition.rerunnable] ?? definition.rerunnable}</Tag>
        {open && <Tag tone="warn">open to support</Tag>}
      </p>
      {definition.jobs.length > 0 && <Jobs jobs={definition.jobs} />}
    </aside>
  );
}

const RERUN: Record<string, string> = {
  always: "can be run again",
  failed: "can be run again when it failed",
  never: "cannot be run again",
};

const WHEN: Record<string, string> = {
  on_failure: "only after a failure",
  always: "in any case",
};

/** So many jobs are shown at first. */
const FEW = 8;

function Jobs({ jobs }: { jobs: DefinitionDetails["jobs"] }) {
  const [all, setAll] = useState(jobs.length <= FEW + 1);
  return (
    <>
      <h2 className="mt-5 text-xs font-medium text-muted">
        {jobs.length === 1 ? "Its job" : `Its ${String(jobs.length)} jobs`}
      </h2>
      <ol
        aria-label="Jobs"
        tabIndex={0}
        className="mt-2 flex max-h-[60vh] flex-col gap-3 overflow-y-auto"
      >
        {(all ? jobs : jobs.slice(0, FEW)).map((job) => (
          <li key={job.name} className="text-sm">
            <p className="font-medium break-words">{job.title}</p>
            <p className="text-xs break-words text-muted">
              {job.after.length > 0 && `after ${job.after.join(", ")} · `}
              {WHEN[job.when] !== undefined && `${WHEN[job.when] ?? ""} · `}
              {job.pool !== "default" && `in the pool ${job.pool} · `}
              {job.steps.map((step) => step.name).join(", ")}
            </p>
          </li>
        ))}
      </ol>
      {!all && (
        <Button
          look="quiet"
          className="mt-2 -ml-3.5"
          onClick={() => {
            setAll(true);
          }}
        >
          and {jobs.length - FEW} more
        </Button>
      )}
    </>
  );
}
