import { expect, test } from "vitest";
import type { Step, Task } from "../api/shapes";
import { reachedLimit } from "./reached-limit";

const STEP = { id: 7, name: "Wait", status: "timed_out", endedAt: "2026-11-28T08:01:00Z" };

function task(message: string | null, more: Partial<Task> = {}): Task {
  const steps = [{ ...STEP, attempts: message === null ? [] : [{ message }] }] as Step[];
  return {
    status: "timed_out",
    startedAt: "2026-11-28T08:00:00Z",
    endedAt: "2026-11-28T08:01:01Z",
    timeout: 60,
    jobs: [{ title: "Main", timeout: 20, steps }],
    ...more,
  } as unknown as Task;
}

const why = (message: string | null, more: Partial<Task> = {}) =>
  reachedLimit(task(message, more))?.why;

test("whose limit was reached and how long that was is told", () => {
  expect(why("the step's time limit of 0.5 s was reached")).toBe(
    "The step's time limit of 500 ms was reached",
  );
  expect(why("the job's time limit of 90 s was reached")).toBe(
    "The job's time limit of 1 min 30 s was reached",
  );
  expect(why("the job's time limit was reached")).toBe("The job's time limit of 20 s was reached");
  expect(why("the task's time limit was reached")).toContain("task's time limit of 1 min 00 s");
});

test("a limit that stopped no attempt is known by how long the task took", () => {
  expect(why(null)).toBe("The task's time limit of 1 min 00 s was reached");
  expect(reachedLimit(task(null, { jobs: [] }))).toMatchObject({ step: null, job: null });
  expect(why(null, { timeout: 3600 })).toBeNull();
});

test("the step that was stopped is named, also while other jobs go on", () => {
  const running = task("the step's time limit of 3 s was reached", { status: "in_progress" });
  expect(reachedLimit(running)).toMatchObject({ step: { name: "Wait" }, job: { title: "Main" } });
  expect(reachedLimit(task(null, { status: "failed", jobs: [] }))).toBeNull();
});
