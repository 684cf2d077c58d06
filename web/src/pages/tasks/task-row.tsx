import { CornerDownRight } from "lucide-react";
import { Link } from "react-router";
import type { Task } from "../../api/shapes";
import { Person } from "../../ui/person";
import { StatusBadge } from "../../ui/status-badge";
import { Duration, Moment } from "../../ui/time";

interface Props {
  task: Task;
  depth: number;
  /** Shows only tasks of that name; without it the name is no button. */
  onName?: ((name: string) => void) | undefined;
}

/** One task of the list. On a phone the columns stand below each other. */
export function TaskRow({ task, depth, onName }: Props) {
  return (
    <li className="relative grid items-center gap-x-4 gap-y-1 px-5 py-3 hover:bg-sunken max-md:grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[10.5rem_minmax(0,1fr)_minmax(0,11rem)_7rem_6rem]">
      <div>
        <StatusBadge status={task.status} />
      </div>
      <div
        className="min-w-0 max-md:order-3 max-md:col-span-2"
        style={{ paddingLeft: `${String(Math.min(depth, 8) * 1.5)}rem` }}
      >
        {depth > 0 && (
          <CornerDownRight size={15} aria-hidden className="float-left mt-1 -ml-5.5 text-muted" />
        )}
        <Link
          to={`/tasks/${String(task.id)}`}
          className="font-medium after:absolute after:inset-0 hover:text-accent"
        >
          <span className="line-clamp-2 break-words">{task.title}</span>
        </Link>
        <p className="truncate text-xs text-muted">
          <Marks task={task} />#{task.id} · <Name name={task.name} onName={onName} />
          {task.projects.length > 0 && ` · ${task.projects.map((one) => one.title).join(", ")}`}
          <Wait task={task} />
        </p>
      </div>
      <div className="truncate text-sm text-muted max-md:order-4">
        <Person author={task.author} />
      </div>
      <div className="text-sm text-muted max-md:order-5 max-md:text-right">
        <Moment at={task.startedAt ?? task.createdAt} />
      </div>
      <div className="text-right text-sm text-muted max-md:order-2">
        {!task.immediate && <Duration from={task.startedAt} to={task.endedAt} />}
      </div>
    </li>
  );
}

/** What tells a task from others of the same title. */
function Marks({ task }: { task: Task }) {
  const again = task.repeatedTaskId;
  return (
    <>
      {again != null && (
        <span className={MARK} title={`It runs #${String(again)} again`}>
          again
        </span>
      )}
      {task.forced && (
        <span className={MARK} title="Errors of the user became warnings">
          forced
        </span>
      )}
    </>
  );
}

const MARK = "relative z-10 mr-1.5 rounded bg-idle-soft px-1 py-px text-[0.6875rem] text-idle";

function Name({ name, onName }: { name: string; onName: Props["onName"] }) {
  if (onName === undefined) return name;
  return (
    <button
      type="button"
      title={`Show only ${name}`}
      className="relative z-10 hover:text-accent hover:underline"
      onClick={() => {
        onName(name);
      }}
    >
      {name}
    </button>
  );
}

function Wait({ task }: { task: Task }) {
  const [first] = task.waitingOn;
  if (first === undefined) return null;
  if (first.kind === "time") {
    return (
      <span className="text-warn">
        {" "}
        · starts {first.until != null && <Moment ahead at={first.until} />}
      </span>
    );
  }
  const holder = first.taskId == null ? "" : ` held by #${String(first.taskId)}`;
  return <span className="text-warn">{` · waits for ${first.kind} ${first.name}${holder}`}</span>;
}
