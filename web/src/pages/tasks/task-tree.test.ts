import { expect, test } from "vitest";
import type { Task, TaskList } from "../../api/shapes";
import { inTree } from "./task-tree";

const task = (id: number) => ({ id }) as Task;
const rows = (roots: number[], below: [number, number][] | null) =>
  inTree({
    items: roots.map(task),
    treeItems: below && below.map(([id, parentId]) => ({ task: task(id), parentId })),
  } as TaskList).map((one) => [one.task.id, one.depth]);

test("a flat list is shown as it comes", () => {
  expect(rows([3, 2, 1], null)).toEqual([
    [3, 0],
    [2, 0],
    [1, 0],
  ]);
});

test("what came of a task stands below it, and what came of that below that", () => {
  expect(
    rows(
      [9, 1],
      [
        [2, 1],
        [3, 2],
        [4, 1],
      ],
    ),
  ).toEqual([
    [9, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 1],
  ]);
});
