import { useSupportDefault } from "../../access/support-default";
import type { DefinitionDetails } from "../../api/definitions";
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

function Jobs({ jobs }: { jobs: DefinitionDetails["jobs"] }) {
  return (
    <>
      <h2 className="mt-5 text-xs font-medium text-muted">
        {jobs.length === 1 ? "Its job" : `Its ${String(jobs.length)} jobs`}
      </h2>
      <ol className="mt-2 flex max-h-96 flex-col gap-3 overflow-y-auto">
        {jobs.map((job) => (
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
    </>
  );
}
