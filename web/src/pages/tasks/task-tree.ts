import type { Task, TaskList } from "../../api/shapes";

export interface Placed {
  task: Task;
  /** 0 for a root; one more for each origin above. */
  depth: number;
}

/** The tasks of a list in the order in which they are shown: what came of a task stands below it. */
export function inTree(list: TaskList): Placed[] {
  const below = new Map<number, Task[]>();
  for (const { task, parentId } of list.treeItems ?? []) {
    below.set(parentId, [...(below.get(parentId) ?? []), task]);
  }
  const placed = (task: Task, depth: number): Placed[] => [
    { task, depth },
    ...(below.get(task.id) ?? []).flatMap((one) => placed(one, depth + 1)),
  ];
  return list.items.flatMap((task) => placed(task, 0));
}
