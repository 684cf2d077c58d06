import { Link } from "react-router";
import type { Task } from "../api/shapes";
import { UNENDED } from "../api/statuses";
import type { TaskNews } from "../api/task-news";
import { Skeleton } from "../ui/skeleton";
import { StatusIcon } from "../ui/status-badge";
import { Duration, Moment } from "../ui/time";
import { arranged } from "./task-news";

const ALL_ACTIVE = `/tasks?status=${UNENDED.join(",")}`;

interface Props {
  /** undefined: not known yet. */
  news: TaskNews | undefined;
}

/** On every page: what runs now, and what ended lately. Without silent tasks. */
export function TasksWidget({ news }: Props) {
  return (
    <section aria-label="Tasks now" className="flex min-h-0 flex-1 flex-col text-sm">
      <h2 className="flex items-baseline justify-between px-3 pb-1.5 text-xs font-medium text-muted">
        <span>Now and lately</span>
        {news !== undefined && news.runningCount > 0 && (
          <Link to={ALL_ACTIVE} className="tabular rounded text-busy hover:underline">
            {news.runningCount.toLocaleString("en")} active
          </Link>
        )}
      </h2>
      {news === undefined ? (
        <Skeleton className="mx-3 h-5" />
      ) : (
        <ul className="min-h-0 flex-1 overflow-y-auto pb-5 lg:mask-b-from-[calc(100%-1.75rem)] lg:mask-b-to-100%">
          {arranged(news).map((task) => (
            <Row key={task.id} task={task} />
          ))}
          {news.running.length + news.ended.length === 0 && (
            <li className="px-3 text-muted">Nothing yet. What is started anywhere shows here.</li>
          )}
        </ul>
      )}
    </section>
  );
}

function Row({ task }: { task: Task }) {
  return (
    <li>
      <Link
        to={`/tasks/${String(task.id)}`}
        className="flex items-start gap-2 rounded-lg px-3 py-1.5 hover:bg-sunken"
      >
        <span className="mt-0.5">
          <StatusIcon status={task.status} size={14} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate">{task.title}</span>
          <span className="block text-xs text-muted">
            {task.endedAt !== null ? (
              <Moment at={task.endedAt} />
            ) : task.startedAt !== null ? (
              <Duration from={task.startedAt} to={null} />
            ) : (
              "waits"
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** On a phone, where the menu is folded away: how many have not ended. */
export function RunningCount({ news }: Props) {
  if (news === undefined || news.runningCount === 0) return null;
  return (
    <Link
      to={ALL_ACTIVE}
      className="tabular rounded-full bg-busy-soft px-3 py-1 text-xs font-medium text-busy lg:hidden"
    >
      {news.runningCount.toLocaleString("en")} active
    </Link>
  );
}
