import { expect, test } from "vitest";
import type { Job, Task } from "../api/shapes";
import { courseOf } from "./course";

const ZERO = Date.parse("2026-11-28T08:00:00Z");
const at = (second: number | null) =>
  second === null ? null : new Date(ZERO + second * 1000).toISOString();

type Given = [name: string, after: string[], start: number | null, end: number | null];

function task(jobs: Given[], end: number | null = null): Task {
  return {
    createdAt: at(0),
    endedAt: at(end),
    jobs: jobs.map(
      ([name, after, start, finish]) =>
        ({ name, after, startedAt: at(start), endedAt: at(finish) }) as Job,
    ),
  } as Task;
}

const seconds = (given: Task, now = 100) =>
  courseOf(given, ZERO + now * 1000).bars.map(({ job, ready, start, end }) =>
    [job.name, ...[ready, start, end].map((one) => one / 1000)].join(" "),
  );
const critical = (given: Task, now = 100) =>
  courseOf(given, ZERO + now * 1000)
    .bars.filter((bar) => bar.critical)
    .map((bar) => bar.job.name);

const RELEASE = task(
  [
    ["build", [], 1, 10],
    ["test", ["build"], 12, 40],
    ["scan", ["build"], 11, 20],
    ["deploy", ["test", "scan"], 45, 60],
    ["undo", ["deploy"], null, null],
  ],
  61,
);

test("a job waits from when all that it needs has ended until it starts", () => {
  expect(seconds(RELEASE)).toEqual([
    "build 0 1 10",
    "scan 10 11 20",
    "test 10 12 40",
    "deploy 40 45 60",
  ]);
});

test("the critical path leads from what ended last back to what it waited for the longest", () => {
  expect(critical(RELEASE)).toEqual(["build", "test", "deploy"]);
});

test("a task takes from when it was accepted to its end, or until now", () => {
  expect(courseOf(RELEASE, ZERO + 100_000).length).toBe(61_000);
  expect(courseOf(task([["build", [], 1, null]]), ZERO + 30_000).length).toBe(30_000);
});

test("what still runs goes on until now, and is the end of the critical path", () => {
  const running = task([
    ["build", [], 1, 10],
    ["test", ["build"], 12, null],
    ["scan", ["build"], 11, 20],
  ]);
  expect(seconds(running, 30)).toContain("test 10 12 30");
  expect(critical(running, 30)).toEqual(["build", "test"]);
});

test("jobs that cannot be seen, or need each other, do no harm", () => {
  expect(critical(task([["a", ["hidden"], 1, 2]], 3))).toEqual(["a"]);
  expect(
    critical(
      task(
        [
          ["a", ["b"], 1, 2],
          ["b", ["a"], 1, 2],
        ],
        3,
      ),
    ),
  ).toHaveLength(2);
});

test("past jobs that never started the critical path leads to what these need", () => {
  const failed = task(
    [
      ["build", [], 0, 5],
      ["test", ["build"], 5, 20],
      ["scan", ["build"], 5, 8],
      ["deploy", ["test", "scan"], null, 21],
      ["verify", ["deploy"], null, 22],
      ["tidy", ["verify", "deploy"], 24, 30],
    ],
    30,
  );
  expect(critical(failed)).toEqual(["build", "test", "tidy"]);
  expect(seconds(failed)).toContain("tidy 20 24 30");
});
