import { expect, test } from "vitest";
import type { Job, Status, Step, Task } from "../api/shapes";
import { byTrouble, failures, firstToSee, nextFailure } from "./trouble";

type Given = [id: number, status: Status, second?: number];

function step([id, status, second = 0]: Given): Step {
  const endedAt = `2026-11-28T08:00:${String(second).padStart(2, "0")}Z`;
  const startedAt = ["queued", "skipped"].includes(status) ? null : "2026-11-28T07:00:00Z";
  return { id, status, startedAt, endedAt } as Step;
}

function task(steps: Given[], blamed: number | null = null): Task {
  const error = blamed === null ? null : { stepId: blamed };
  return { jobs: [{ name: "main", steps: steps.map(step) }], error } as unknown as Task;
}

const opened = (...steps: Given[]) => firstToSee(task(steps))?.id;

test("failed and waiting jobs come first and what passed last, else in the order of the plan", () => {
  const statuses: Status[] = ["done", "skipped", "in_progress", "pending", "failed", "queued"];
  const jobs = [...statuses, "failed"].map((status, index) => ({ name: String(index), status }));
  const order = byTrouble(jobs as Job[]).map((job) => job.name);
  expect(order).toEqual(["4", "6", "3", "2", "5", "1", "0"]);
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
