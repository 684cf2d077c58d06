import { expect, test } from "vitest";
import type { Task, TaskList } from "../../api/shapes";
import { steadied } from "./steady-list";

const task = (id: number, status = "in_progress") => ({ id, status }) as Task;
const list = (items: Task[], below: [Task, number][] | null = null): TaskList => ({
  items,
  treeItems: below && below.map(([one, parentId]) => ({ task: one, parentId })),
  treeTruncated: false,
  totalCount: items.length,
  nextPage: null,
});
const shown = (of: TaskList) => of.items.map((one) => [one.id, one.status]);

test("rows stay where they are and tell what is so now", () => {
  const before = list([task(2), task(1)]);
  const now = list([task(4), task(3), task(2, "done")]);
  const steady = steadied(before, now);
  expect(shown(steady)).toEqual([
    [2, "done"],
    [1, "in_progress"],
  ]);
  expect(steady.waiting).toBe(2);
  expect(steady.totalCount).toBe(3);
});

test("what came of a task waits as well", () => {
  const before = list([task(1)], [[task(2), 1]]);
  const steady = steadied(
    before,
    list(
      [task(1)],
      [
        [task(3), 1],
        [task(2, "failed"), 1],
      ],
    ),
  );
  expect(steady.treeItems?.map((one) => [one.task.id, one.task.status])).toEqual([[2, "failed"]]);
  expect(steady.waiting).toBe(1);
});
