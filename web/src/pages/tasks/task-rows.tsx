import { ArrowUp } from "lucide-react";
import type { ShownTasks } from "../../api/tasks";
import { counted } from "../../ui/counted";
import { TaskRow } from "./task-row";
import { inTree } from "./task-tree";

const ID = "task-rows";
/** Pixels; who has scrolled further reads on below. */
const TOP = 40;

interface Props {
  list: ShownTasks;
  onName: (name: string) => void;
}

/** The rows of the list. */
export function TaskRows({ list, onName }: Props) {
  return (
    <>
      <ul id={ID} className="divide-y divide-line">
        {inTree(list).map(({ task, depth }) => (
          <TaskRow key={task.id} task={task} depth={depth} onName={onName} />
        ))}
      </ul>
      {list.treeTruncated && (
        <p className="border-t border-line px-5 py-3 text-sm text-muted">
          More tasks came of these than are shown here; each task lists its own.
        </p>
      )}
    </>
  );
}

/** Whether somebody is at the rows: points at one, has come to one by keyboard, or has scrolled. */
export function rowsAreRead(): boolean {
  const rows = document.getElementById(ID);
  if (rows === null) return false;
  return window.scrollY > TOP || rows.matches(":hover") || rows.contains(document.activeElement);
}

interface NewTasksProps {
  count: number;
  onShow: () => void;
}

/** Lets in what has come while somebody was at the rows. It lies above them, and moves none. */
export function NewTasks({ count, onShow }: NewTasksProps) {
  return (
    <div role="status" className="sticky top-3 z-10 flex h-0 justify-center">
      {count > 0 && (
        <button
          type="button"
          onClick={() => {
            window.scrollTo(0, 0);
            onShow();
          }}
          className="inline-flex h-9 -translate-y-1/2 items-center gap-2 rounded-full bg-accent px-4 text-sm font-medium text-on-accent shadow-(--shadow) hover:bg-accent-strong"
        >
          <ArrowUp size={15} aria-hidden /> {counted(count, "new task")}
        </button>
      )}
    </div>
  );
}
