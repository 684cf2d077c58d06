import { Link } from "react-router";
import type { Task } from "../api/shapes";
import { useTask } from "../api/task";
import { EmptyState } from "../ui/empty-state";
import { Person } from "../ui/person";
import { Skeleton } from "../ui/skeleton";
import { StatusBadge } from "../ui/status-badge";
import { Moment } from "../ui/time";

/** Where the task comes from, what came of it, and the runs of it before and after. */
export function OriginTab({ task }: { task: Task }) {
  const parts = [
    { title: "Asked for by", hint: "The task that this one came of.", ids: ids(task.originTaskId) },
    { title: "Repeats", hint: "The run before this one.", ids: ids(task.repeatedTaskId) },
    { title: "Repeated by", hint: "Later runs of this task.", ids: task.rerunTaskIds },
    { title: "Asked for", hint: "Tasks that came of this one.", ids: task.spawnedTaskIds },
  ].filter((part) => part.ids.length > 0);
  if (parts.length === 0) {
    return (
      <EmptyState title="It stands for itself">
        Somebody asked for this task directly, nothing came of it, and it was not run again.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-6 px-5 py-4">
      {parts.map(({ title, hint, ids }) => (
        <section key={title}>
          <h2 className="font-semibold">{title}</h2>
          <p className="mb-2 text-sm text-muted">{hint}</p>
          <ul className="divide-y divide-line rounded-xl border border-line">
            {ids.map((id) => (
              <Related key={id} id={id} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Related({ id }: { id: number }) {
  const { data, isError } = useTask(id);
  return (
    <li className="relative flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm hover:bg-sunken">
      {data === undefined ? (
        isError ? (
          <span className="text-muted">Task {id}, which you may not see</span>
        ) : (
          <Skeleton className="h-4 w-48" />
        )
      ) : (
        <>
          <StatusBadge status={data.status} />
          <Link
            to={`/tasks/${String(id)}`}
            className="min-w-0 flex-1 font-medium break-words after:absolute after:inset-0"
          >
            {data.title}
          </Link>
          <span className="text-muted">
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

function ids(id: number | null): number[] {
  return id === null ? [] : [id];
}
