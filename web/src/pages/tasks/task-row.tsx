import { Link } from "react-router";
import type { Task } from "../../api/shapes";
import { Person } from "../../ui/person";
import { StatusBadge } from "../../ui/status-badge";
import { Duration, Moment } from "../../ui/time";

/** One task of the list. On a phone the columns stand below each other. */
export function TaskRow({ task, depth }: { task: Task; depth: number }) {
  return (
    <li className="relative grid items-center gap-x-4 gap-y-1 px-5 py-3 hover:bg-sunken md:grid-cols-[10.5rem_minmax(0,1fr)_minmax(0,11rem)_7rem_6rem]">
      <div>
        <StatusBadge status={task.status} />
      </div>
      <div className="min-w-0" style={{ paddingLeft: `${String(depth * 1.25)}rem` }}>
        <Link
          to={`/tasks/${String(task.id)}`}
          className="font-medium after:absolute after:inset-0 hover:text-accent"
        >
          <span className="line-clamp-2 break-words">{task.title}</span>
        </Link>
        <p className="truncate text-xs text-muted">
          #{task.id} · {task.name}
          {task.projects.length > 0 && ` · ${task.projects.map((one) => one.title).join(", ")}`}
          <Wait task={task} />
        </p>
      </div>
      <div className="truncate text-sm text-muted">
        <Person author={task.author} />
      </div>
      <div className="text-sm text-muted">
        <Moment at={task.startedAt ?? task.createdAt} />
      </div>
      <div className="text-right text-sm text-muted max-md:text-left">
        {!task.immediate && <Duration from={task.startedAt} to={task.endedAt} />}
      </div>
    </li>
  );
}

function Wait({ task }: { task: Task }) {
  const [first] = task.waitingOn;
  if (first === undefined) return null;
  const holder = first.taskId == null ? "" : ` held by #${String(first.taskId)}`;
  return <span className="text-warn">{` · waits for ${first.kind} ${first.name}${holder}`}</span>;
}
