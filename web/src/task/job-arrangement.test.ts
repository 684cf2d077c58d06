import { expect, test } from "vitest";
import type { Job } from "../api/shapes";
import { arranged, arrangementOf } from "./job-arrangement";

const jobs = (...statuses: string[]) =>
  statuses.map((status, index) => ({ name: String(index), status, pool: "default" })) as Job[];
const arrangementOfJobs = (all: Job[]) => arrangementOf({ jobs: all, waitingOn: [] });
const names = (all: Job[]) => all.map((job) => job.name);

test("what failed is first, and what passed is over", () => {
  const { names: order, over } = arrangementOfJobs(jobs("done", "in_progress", "failed"));
  expect(order).toEqual(["2", "1", "0"]);
  expect([...over]).toEqual(["0"]);
});

test("an arrangement keeps jobs where they were, whatever became of them", () => {
  const before = arrangementOfJobs(jobs("in_progress", "in_progress", "queued"));
  const now = jobs("done", "in_progress", "failed");
  expect(names(arranged(now, before))).toEqual(["0", "1", "2"]);
  expect(arranged(now, before)[2]?.status).toBe("failed");
  expect(names(arranged(now, arrangementOfJobs(now)))).toEqual(["2", "1", "0"]);
});

test("a job that the arrangement does not know comes last", () => {
  expect(names(arranged(jobs("failed", "done"), { names: ["1"], over: new Set() }))).toEqual([
    "1",
    "0",
  ]);
});
