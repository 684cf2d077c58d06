import { Play } from "lucide-react";
import { Link } from "react-router";
import { useOwn } from "../../access/own";
import { useTasks } from "../../api/tasks";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Notice } from "../../ui/notice";
import { PageTitle } from "../../ui/page-title";
import { Pager } from "../../ui/pager";
import { SkeletonRows } from "../../ui/skeleton";
import { told } from "../../ui/told";
import { FilterBar } from "./filter-bar";
import { steadied } from "./steady-list";
import { narrows, queryOf, useTaskFilter } from "./task-filter";
import { NewTasks, rowsAreRead, TaskRows } from "./task-rows";

export function TaskListPage() {
  const [filter, change] = useTaskFilter();
  const tasks = useTasks(queryOf(filter), {
    merged: (shown, now) => (rowsAreRead() ? steadied(shown, now) : now),
  });
  return (
    <>
      <PageTitle title="Tasks">
        <Link
          to="/run"
          className="inline-flex min-h-9 items-center gap-2 rounded-lg bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-strong"
        >
          <Play size={15} aria-hidden /> Run a task
        </Link>
      </PageTitle>
      <FilterBar filter={filter} change={change} />
      {tasks.isError && tasks.data === undefined && (
        <Notice tone="bad">{told(tasks.error.message)}</Notice>
      )}
      <NewTasks count={tasks.data?.waiting ?? 0} onShow={() => void tasks.refetch()} />
      <div className="overflow-hidden rounded-xl border border-line bg-surface shadow-(--shadow)">
        {tasks.data === undefined ? (
          !tasks.isError && <SkeletonRows count={8} />
        ) : tasks.data.items.length === 0 && tasks.data.totalCount > 0 ? (
          <BeyondTheEnd
            onBack={() => {
              change({ page: 1 });
            }}
          />
        ) : tasks.data.items.length === 0 ? (
          <Nothing narrowed={narrows(filter)} />
        ) : (
          <TaskRows
            list={tasks.data}
            onName={(name) => {
              change({ names: [name] });
            }}
          />
        )}
      </div>
      {tasks.data !== undefined && (
        <Pager
          page={filter.page}
          pageSize={30}
          total={tasks.data.totalCount}
          onPage={(page) => {
            change({ page });
          }}
        />
      )}
    </>
  );
}

function BeyondTheEnd({ onBack }: { onBack: () => void }) {
  return (
    <EmptyState title="There are fewer pages">
      <p>The list has become shorter since this address was made.</p>
      <Button className="mt-4" onClick={onBack}>
        First page
      </Button>
    </EmptyState>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  const { organization } = useOwn();
  if (narrowed) {
    return <EmptyState title="No task fits">Take a filter away to see more.</EmptyState>;
  }
  if (organization.role === "member") {
    return (
      <EmptyState title="No task yet">
        You see the tasks of the projects that you were given, and there is none. Ask an owner or
        admin for a project if you miss one.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No task yet"
      command={"tasktrail run hello.yml\ntasktrail record note --title 'Disk replaced'"}
    >
      Everything that is done to your infrastructure will be listed here: by whom, when, and with
      what result.
    </EmptyState>
  );
}
