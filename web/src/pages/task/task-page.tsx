import { useParams } from "react-router";
import { Problem } from "../../api/problem";
import { useTask } from "../../api/task";
import { NotFoundPage } from "../../shell/not-found-page";
import { Notice } from "../../ui/notice";
import { Skeleton } from "../../ui/skeleton";
import { told } from "../../ui/told";
import { useEarlyGraph } from "../../task/graph-tab";
import { TaskBoard } from "../../task/task-board";

/** One task. It is built anew for another one, so that nothing of the last one stays. */
export function TaskPage() {
  const { id } = useParams();
  return /^[1-9]\d{0,15}$/.test(id ?? "") ? <Loaded key={id} id={Number(id)} /> : <NotFoundPage />;
}

function Loaded({ id }: { id: number }) {
  useEarlyGraph();
  const task = useTask(id);
  if (task.data !== undefined) return <TaskBoard task={task.data} />;
  if (task.error instanceof Problem && task.error.notFound) return <NotFoundPage />;
  if (task.isError) return <Notice tone="bad">{told(task.error.message)}</Notice>;
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-4">
      <Skeleton className="h-8 w-1/2" />
      <Skeleton className="h-5 w-1/3" />
      <Skeleton className="mt-4 h-96 w-full" />
    </div>
  );
}
