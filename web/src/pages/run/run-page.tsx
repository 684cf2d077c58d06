import { useParams, useSearchParams } from "react-router";
import { type DefinitionDetails, useDefinition } from "../../api/definitions";
import { Problem } from "../../api/problem";
import { NotFoundPage } from "../../shell/not-found-page";
import { Notice } from "../../ui/notice";
import { PageTitle } from "../../ui/page-title";
import { Skeleton } from "../../ui/skeleton";
import { told } from "../../ui/told";
import { RunForm } from "./run-form";

/** The form of one definition. The address may hold values of its inputs: `?version=1.4.2`. */
export function RunPage() {
  const { definition: name = "" } = useParams();
  const definition = useDefinition(name);
  const [parameters] = useSearchParams();
  const { data, error } = definition;
  if (error instanceof Problem && [404, 422].includes(error.status) && data === undefined) {
    return error.status === 404 ? <NotFoundPage /> : <Unusable name={name} problem={error} />;
  }
  return (
    <>
      <PageTitle title={`Run ${name}`} />
      {error !== null && data === undefined && <Notice tone="bad">{told(error.message)}</Notice>}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <Loaded definition={data} given={Object.fromEntries(parameters)} />}
    </>
  );
}

function Loaded({
  definition,
  given,
}: {
  definition: DefinitionDetails;
  given: Record<string, string>;
}) {
  return (
    <>
      {definition.description !== "" && (
        <p className="-mt-3 mb-6 max-w-2xl break-words text-muted">{definition.description}</p>
      )}
      <RunForm key={definition.name} definition={definition} given={given} />
    </>
  );
}

function Unusable({ name, problem }: { name: string; problem: Problem }) {
  return (
    <>
      <PageTitle title={name} />
      <Notice tone="bad">
        This definition cannot be used. {told(problem.message)}
        {problem.fields.map((one) => (
          <span key={one.detail} className="block">
            {told(one.detail)}
          </span>
        ))}
      </Notice>
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading" className="flex max-w-xl flex-col gap-5">
      {[1, 2, 3].map((one) => (
        <Skeleton key={one} className="h-16" />
      ))}
    </div>
  );
}
