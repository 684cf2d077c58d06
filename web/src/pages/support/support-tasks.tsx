import type { Task } from "../../api/shapes";
import { useTasksOfSupport } from "../../api/support";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { TaskRow } from "../tasks/task-row";

interface Props {
  title?: string;
  names?: string[];
  createdAfter?: string;
  /** RFC 3339: later tasks are left out. */
  until?: string;
}

const MOST = 100;

/** What support did, as the tasks that it is recorded in. */
export function SupportTasks({ title, names, createdAfter, until }: Props) {
  const tasks = useTasksOfSupport({
    ...(names === undefined ? {} : { names }),
    ...(createdAfter === undefined ? {} : { createdAfter }),
  });
  const shown = tasks.data?.items.filter((one) => isBefore(one, until));
  return (
    <div>
      <Listed
        {...(title === undefined ? {} : { title })}
        query={{ data: shown, error: tasks.error }}
        empty={
          <EmptyState title="Support did nothing here">
            When somebody of the support does something, the task stands here.
          </EmptyState>
        }
      >
        {(all) => all.map((one) => <TaskRow key={one.id} task={one} depth={0} />)}
      </Listed>
      {(tasks.data?.totalCount ?? 0) > MOST && (
        <p className="mt-2 text-sm text-muted">
          These are the newest {MOST} of {tasks.data?.totalCount}.
        </p>
      )}
    </div>
  );
}

function isBefore(task: Task, until: string | undefined): boolean {
  return until === undefined || Date.parse(task.createdAt) <= Date.parse(until);
}
