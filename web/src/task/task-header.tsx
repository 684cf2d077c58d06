import { Workflow } from "lucide-react";
import { Link } from "react-router";
import type { Task } from "../api/shapes";
import { Person } from "../ui/person";
import { StatusBadge } from "../ui/status-badge";
import { Duration, Moment } from "../ui/time";
import { runFormOf } from "./run-form-address";
import { TaskActions } from "./task-actions";

/** What the task is, how it goes, who asked for it and as what, and what can be done about it. */
export function TaskHeader({ task }: { task: Task }) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0 flex-1 basis-96">
        <h1 className="text-2xl leading-tight font-semibold tracking-tight break-words">
          {task.title}
        </h1>
        <div className="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm text-muted">
          <span aria-live="polite">
            <StatusBadge status={task.status} />
          </span>
          {task.forced && <Mark>forced</Mark>}
          {task.silent && <Mark>silent</Mark>}
          <span className="tabular">#{task.id}</span>
          {!task.immediate && <DefinitionLink task={task} />}
          <span className="inline-flex min-w-0 items-center gap-1">
            <Person author={task.author} />
            {task.author.role !== null && task.author.role !== "support" && (
              <span>as {task.author.role}</span>
            )}
          </span>
          {task.projects.map((project) => (
            <Link
              key={project.id}
              to={`/tasks?project=${String(project.id)}`}
              className="hover:text-accent hover:underline"
            >
              {project.title}
            </Link>
          ))}
          {task.resources.map((one) => (
            <span key={`${one.kind} ${String(one.id)}`} className="font-mono text-xs">
              {one.kind}:{one.id}
            </span>
          ))}
          <When task={task} />
        </div>
        {task.endedAt === null && task.startedAt !== null && <Progress value={task.progress} />}
      </div>
      <TaskActions task={task} />
    </header>
  );
}

/** What it was made of, and can be made of once more. */
function DefinitionLink({ task }: { task: Task }) {
  return (
    <Link
      to={runFormOf(task)}
      title="The definition of this task: run it anew"
      className="inline-flex min-w-0 items-center gap-1 hover:text-accent hover:underline"
    >
      <Workflow size={14} aria-hidden className="shrink-0" />
      <span className="sr-only">Definition </span>
      <span className="min-w-0 break-words">{task.name}</span>
    </Link>
  );
}

/** When it began, and how long it took or has been going on. */
function When({ task }: { task: Task }) {
  if (task.immediate) return <Moment at={task.createdAt} />;
  if (task.startedAt === null) {
    return (
      <span>
        asked for <Moment at={task.createdAt} />
      </span>
    );
  }
  return (
    <span>
      {task.endedAt === null ? "for" : "took"} <Duration from={task.startedAt} to={task.endedAt} />,
      started <Moment at={task.startedAt} />
    </span>
  );
}

function Mark({ children }: { children: string }) {
  return (
    <span className="rounded-full border border-line-strong px-2 py-0.5 text-xs">{children}</span>
  );
}

/** With words: an empty bar alone is taken for a line between two parts of the page. */
function Progress({ value }: { value: number }) {
  return (
    <div className="mt-3 flex max-w-sm items-center gap-3 text-xs text-muted">
      <div
        role="progressbar"
        aria-label="Steps that are over"
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 flex-1 overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-500"
          style={{ width: `${String(value)}%` }}
        />
      </div>
      <span aria-hidden className="tabular whitespace-nowrap">
        {value} % of the steps are over
      </span>
    </div>
  );
}
