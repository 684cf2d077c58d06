import { Hourglass } from "lucide-react";
import { Link } from "react-router";
import type { Task, Wait } from "../api/shapes";
import { Moment } from "../ui/time";
import { useTimeStyle } from "../ui/time-style";
import { absolute } from "../ui/times";

/** Why a task waits, who holds that, and its place in the queue; one click to the holder. */
export function Waits({ task }: { task: Task }) {
  if (task.waitingOn.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1.5 rounded-xl border border-warn bg-warn-soft px-4 py-3 text-sm">
      {task.waitingOn.map((wait) => (
        <li key={`${wait.kind} ${wait.name} ${wait.jobName ?? ""}`} className="flex gap-2.5">
          <Hourglass size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
          <span className="min-w-0 break-words">
            <Why wait={wait} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Why({ wait }: { wait: Wait }) {
  const style = useTimeStyle();
  if (wait.kind === "time") {
    if (wait.until == null) return "Its time has not come yet.";
    return (
      <>
        Not to start before <Moment ahead at={wait.until} />
        {style === "relative" && ` (${absolute(wait.until)})`}.
      </>
    );
  }
  return (
    <>
      {wait.jobName != null ? `Job ${wait.jobName} waits` : "Waits"} for the lock{" "}
      <strong className="font-semibold">{wait.name}</strong>
      {wait.taskId != null && (
        <>
          , held by{" "}
          <Link to={`/tasks/${String(wait.taskId)}`} className="font-medium text-accent underline">
            task {wait.taskId}
          </Link>
        </>
      )}
      {wait.position != null && `; number ${String(wait.position)} in the queue`}.
    </>
  );
}
