import { useState } from "react";
import type { HistoryEvent, Task } from "../api/shapes";
import { useHistory } from "../api/task";
import { Notice } from "../ui/notice";
import { Pager } from "../ui/pager";
import { SkeletonRows } from "../ui/skeleton";
import { StatusIcon } from "../ui/status-badge";
import { statusLook } from "../ui/status-look";
import { useTimeStyle } from "../ui/time-style";
import { clockOf } from "../ui/times";
import { told } from "../ui/told";
import { plain } from "./log/ansi";

/** Every change of the task: when, what, by whom, and why. */
export function HistoryTab({ task }: { task: Task }) {
  const [page, setPage] = useState(1);
  const history = useHistory(task.id, page, task.updatedAt);
  if (history.isError && history.data === undefined)
    return <Notice tone="bad">{told(history.error.message)}</Notice>;
  if (history.data === undefined) return <SkeletonRows count={6} height="h-11" />;
  return (
    <div className="px-5 py-4">
      <ol className="relative flex flex-col gap-0.5">
        {history.data.items.map((event) => (
          <Entry key={event.id} event={event} task={task} />
        ))}
      </ol>
      {history.data.totalCount > 100 && (
        <Pager page={page} pageSize={100} total={history.data.totalCount} onPage={setPage} />
      )}
    </div>
  );
}

function Entry({ event, task }: { event: HistoryEvent; task: Task }) {
  const style = useTimeStyle();
  const job = task.jobs.find((one) => one.name === event.jobName)?.title ?? event.jobName;
  const about = [event.stepName, job].filter(Boolean).join(" in ");
  return (
    <li className="grid gap-x-4 py-1.5 text-sm sm:grid-cols-[10.5rem_minmax(0,1fr)]">
      <time dateTime={event.at} className="whitespace-nowrap text-muted">
        {clockOf(event.at, style === "utc")}
      </time>
      <div className="min-w-0 break-words">
        {event.to !== null && (
          <span className="mr-1.5 inline-flex translate-y-0.5">
            <StatusIcon status={event.to} size={14} />
          </span>
        )}
        <span className="font-semibold">{about === "" ? "Task" : about}</span>{" "}
        <span className="text-muted">{whatOf(event)}</span>
        {event.by.kind !== "engine" && (
          <span className="text-muted">
            {" "}
            by {event.by.name}
            {event.by.role != null && ` as ${event.by.role}`}
          </span>
        )}
        {event.message !== null && <p className="text-muted">{told(plain(event.message))}</p>}
      </div>
    </li>
  );
}

function whatOf(event: HistoryEvent): string {
  if (event.to === null) return event.kind.replaceAll("_", " ");
  const to = statusLook(event.to).word;
  return event.from === null ? to : `${statusLook(event.from).word} → ${to}`;
}
