/**
 * A list of tasks that keeps its rows while somebody is at them.
 *
 * What is shown goes on changing where it stands. What has come meanwhile is counted, and comes in when
 * nobody is there any more, or by a button.
 */
import type { ShownTasks } from "../../api/tasks";
import type { Task, TaskList } from "../../api/shapes";

/** The rows of `before`, with what `now` says of their tasks. */
export function steadied(before: ShownTasks, now: TaskList): ShownTasks {
  const below = now.treeItems ?? [];
  const latest = new Map(
    [...now.items, ...below.map((one) => one.task)].map((one) => [one.id, one]),
  );
  const known = new Set<number>();
  const renewed = (task: Task): Task => {
    known.add(task.id);
    return latest.get(task.id) ?? task;
  };
  const items = before.items.map(renewed);
  const treeItems =
    before.treeItems?.map(({ task, parentId }) => ({ task: renewed(task), parentId })) ?? null;
  const waiting = [...latest.keys()].filter((id) => !known.has(id)).length;
  return { ...now, items, treeItems, waiting };
}
