import { expect, test } from "vitest";
import type { Job, Status, Step, Task, Wait } from "../api/shapes";
import { failures, firstToSee, inOrderOfTrouble, nextFailure } from "./trouble";

type Given = [id: number, status: Status, second?: number, more?: Partial<Step>];

function step([id, status, second = 0, more = {}]: Given): Step {
  const endedAt = `2026-11-28T08:00:${String(second).padStart(2, "0")}Z`;
  const startedAt = ["queued", "skipped"].includes(status) ? null : "2026-11-28T07:00:00Z";
  return { id, status, startedAt, endedAt, isSystem: false, logLines: 9, ...more } as Step;
}

function task(steps: Given[], blamed: number | null = null): Task {
  const error = blamed === null ? null : { stepId: blamed };
  return { jobs: [{ name: "main", steps: steps.map(step) }], error } as unknown as Task;
}

const opened = (...steps: Given[]) => firstToSee(task(steps))?.id;

type GivenJob = [name: string, status: Status, pool?: string];

/** The names of jobs as they stand in the list; those in `locked` wait for a lock. */
function order(given: GivenJob[], ...locked: string[]): string {
  const jobs = given.map(([name, status, pool = "default"]) => ({ name, status, pool })) as Job[];
  const waitingOn = locked.map((jobName) => ({ kind: "lock", jobName })) as Wait[];
  return inOrderOfTrouble({ jobs, waitingOn })
    .map((job) => job.name)
    .join(" ");
}

test("a job that only comes later in the plan stands below what runs", () => {
  expect(
    order([
      ["build", "done"],
      ["test", "in_progress"],
      ["deploy", "pending"],
      ["lint", "queued"],
      ["notify", "pending"],
    ]),
  ).toBe("test deploy lint notify build");
});

test("a job that waits for a lock, or for a pool where nothing runs, stands above what runs", () => {
  expect(
    order(
      [
        ["test", "in_progress"],
        ["notify", "pending"],
        ["deploy", "pending"],
        ["copy", "queued", "eu-1"],
      ],
      "deploy",
    ),
  ).toBe("deploy copy test notify");
});

test("failed jobs come first and what passed last, equal ones in the order of the plan", () => {
  const statuses: Status[] = [
    "done",
    "skipped",
    "canceled",
    "pending",
    "done_with_warnings",
    "in_progress",
    "backed_off",
    "canceling",
    "timed_out",
    "failed",
    "failed",
  ];
  expect(order(statuses.map((status, index) => [String(index), status]))).toBe(
    "9 10 8 7 6 5 4 3 2 1 0",
  );
});

test("a task opens at the step that it failed at", () => {
  expect(opened([1, "done"], [2, "failed", 5], [3, "skipped"])).toBe(2);
  expect(
    firstToSee(
      task(
        [
          [1, "failed", 1],
          [2, "failed", 9],
        ],
        2,
      ),
    )?.id,
  ).toBe(2);
});

test("of several failures the first in time counts, whichever kind it was", () => {
  expect(opened([1, "failed", 9], [2, "timed_out", 3])).toBe(2);
});

test("a task that goes on opens at what runs, also after a warning", () => {
  expect(opened([1, "done"], [2, "in_progress"], [3, "queued"])).toBe(2);
  expect(opened([1, "done_with_warnings", 2], [2, "in_progress"])).toBe(2);
  expect(opened([1, "done"], [2, "backed_off"], [3, "queued"])).toBe(2);
});

test("a task that ended with a warning opens there, another one at the last step that ran", () => {
  expect(opened([1, "done"], [2, "done_with_warnings", 2], [3, "done"])).toBe(2);
  expect(opened([1, "done"], [2, "done"], [3, "skipped"])).toBe(2);
  expect(opened([1, "queued"], [2, "queued"])).toBe(1);
  expect(firstToSee(task([]))).toBeNull();
});

test("a done task opens at the last step of its own that wrote something", () => {
  const silent = { logLines: 0 };
  const system = { isSystem: true };
  expect(opened([1, "done"], [2, "done"], [3, "done", 0, silent], [4, "done", 0, system])).toBe(2);
  expect(opened([1, "done", 0, silent], [2, "done", 0, system])).toBe(1);
  expect(opened([1, "done", 0, system])).toBe(1);
});

test("a canceled task opens at the step that was stopped, not at what warned or cleaned up", () => {
  expect(opened([1, "done_with_warnings"], [2, "canceled"], [3, "skipped"], [4, "done"])).toBe(2);
});

test("f goes through the failures in time, then the warnings, and round again", () => {
  const all = task([
    [1, "done_with_warnings", 1],
    [2, "failed", 9],
    [3, "timed_out", 4],
    [4, "done", 2],
  ]);
  expect(failures(all).map((one) => one.id)).toEqual([3, 2, 1]);
  const path = [null, 3, 2, 1].map((from) => nextFailure(all, from)?.id);
  expect(path).toEqual([3, 2, 1, 3]);
  expect(nextFailure(task([[1, "done"]]), null)).toBeNull();
});
