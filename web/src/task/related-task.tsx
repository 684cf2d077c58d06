import { Link } from "react-router";
import { Problem } from "../api/problem";
import { useTask } from "../api/task";
import { Person } from "../ui/person";
import { Skeleton } from "../ui/skeleton";
import { StatusBadge } from "../ui/status-badge";
import { Moment } from "../ui/time";
import { told } from "../ui/told";

/** Milliseconds after which a task that has not ended is asked for again. */
const AGAIN = 5_000;

/** A task that another one is linked to, in a list. */
export function RelatedTask({ id }: { id: number }) {
  const { data, error } = useTask(id, AGAIN);
  return (
    <li className="relative grid min-h-12 items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-sunken md:grid-cols-[10.5rem_minmax(0,1fr)_auto_auto]">
      {data === undefined ? (
        error !== null ? (
          <span className="text-muted md:col-span-4">
            Task {id}
            {hidden(error) ? ", which you may not see" : `. ${told(error.message)}`}
          </span>
        ) : (
          <Skeleton className="h-4 w-48" />
        )
      ) : (
        <>
          <div>
            <StatusBadge status={data.status} />
          </div>
          <Link
            to={`/tasks/${String(id)}`}
            className="min-w-0 font-medium break-words after:absolute after:inset-0"
          >
            {data.title} <span className="font-normal text-muted">#{id}</span>
          </Link>
          <span className="min-w-0 text-muted">
            <Person author={data.author} />
          </span>
          <span className="text-muted">
            <Moment at={data.createdAt} />
          </span>
        </>
      )}
    </li>
  );
}

function hidden(error: Error): boolean {
  return error instanceof Problem && error.notFound;
}
