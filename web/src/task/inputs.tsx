import type { Task } from "../api/shapes";
import { CopyButton } from "../ui/copy-button";
import { EmptyState } from "../ui/empty-state";
import { plain } from "./log/ansi";

/** What the task was given, and what its steps gave back. Secrets are masked by the server. */
export function InputsTab({ task }: { task: Task }) {
  const inputs = Object.entries(task.inputs);
  const outputs = task.jobs.flatMap((job) =>
    job.steps.flatMap((step) =>
      Object.entries(step.outputs).map(
        ([name, value]) => [`${job.title}, ${step.name}: ${name}`, value] as const,
      ),
    ),
  );
  if (inputs.length + outputs.length === 0) {
    return <EmptyState title="No inputs">This task was asked for without any.</EmptyState>;
  }
  return (
    <div className="flex flex-col gap-6 px-5 py-4">
      {inputs.length > 0 && (
        <section>
          <div className="mb-2 flex items-center justify-between">
            <h2 className="font-semibold">Inputs</h2>
            <CopyButton text={JSON.stringify(task.inputs, null, 2)} label="Copy as JSON" />
          </div>
          <Values values={inputs} />
        </section>
      )}
      {outputs.length > 0 && (
        <section>
          <h2 className="mb-2 font-semibold">Outputs</h2>
          <Values values={outputs} />
        </section>
      )}
    </div>
  );
}

function Values({ values }: { values: readonly (readonly [string, unknown])[] }) {
  return (
    <dl className="divide-y divide-line rounded-xl border border-line text-sm">
      {values.map(([name, value], index) => (
        // Two steps of a job may be called the same.
        <div key={index} className="grid gap-x-4 px-4 py-2.5 sm:grid-cols-[14rem_minmax(0,1fr)]">
          <dt className="text-muted break-words">{name}</dt>
          <dd className="font-mono text-[13px] break-words whitespace-pre-wrap">
            {typeof value === "string" ? plain(value) : JSON.stringify(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
