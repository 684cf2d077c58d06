import { expect, test } from "vitest";
import type { Task } from "../api/shapes";
import { arranged } from "./task-news";

const running = (id: number) => ({ id, endedAt: null, updatedAt: "2026-01-01T00:00:00Z" }) as Task;
const ended = (id: number, second: number) =>
  ({ id, endedAt: `2026-01-01T00:00:0${String(second)}Z` }) as Task;
const ids = (tasks: Task[]) => tasks.map((task) => task.id);

test("what runs comes before what ended, of which the latest end is first", () => {
  const news = { running: [running(9), running(8)], ended: [ended(7, 1), ended(3, 5)] };
  expect(ids(arranged(news))).toEqual([9, 8, 3, 7]);
});

test("a task that ended while both were asked for is there once, as ended", () => {
  expect(ids(arranged({ running: [running(9)], ended: [ended(9, 1)] }))).toEqual([9]);
});

test("only the latest ends are shown", () => {
  const many = [1, 2, 3, 4, 5, 6, 7].map((id) => ended(id, id));
  expect(ids(arranged({ running: [], ended: many }))).toEqual([7, 6, 5, 4, 3]);
});
