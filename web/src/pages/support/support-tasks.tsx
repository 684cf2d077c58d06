import { type SupportWork, useTasksOfSupport } from "../../api/support";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { TaskRow } from "../tasks/task-row";

interface Props {
  title?: string;
  work?: SupportWork;
}

/** What support did, as the tasks that it is recorded in. */
export function SupportTasks({ title, work = {} }: Props) {
  const { data, error } = useTasksOfSupport(work);
  return (
    <div>
      <Listed
        {...(title === undefined ? {} : { title })}
        query={{ data: data?.items, error }}
        empty={
          <EmptyState title="Support did nothing here">
            When somebody of the support does something, the task stands here.
          </EmptyState>
        }
      >
        {(all) => all.map((one) => <TaskRow key={one.id} task={one} depth={0} />)}
      </Listed>
      {data?.more === true && (
        <p className="mt-2 text-sm text-muted">
          These are the newest {data.items.length}. The list of tasks has all of them.
        </p>
      )}
    </div>
  );
}
