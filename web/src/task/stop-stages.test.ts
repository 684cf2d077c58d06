import { expect, test } from "vitest";
import type { Task } from "../api/shapes";
import { stopStages } from "./stop-stages";

const AT = "2026-11-28T08:00:00.000000Z";
const NOW = Date.parse(AT);

interface Given {
  cancel?: { forced?: boolean; reason?: string | null } | null;
  steps?: { name?: string; status?: string; stop?: object | null }[];
  receipt?: object | null;
  endedAt?: string | null;
}

function task({ cancel = {}, steps = [{}], receipt = null, endedAt = null }: Given): Task {
  const attempts = [{ endedAt, receipt }];
  return {
    cancel: cancel && { at: AT, by: { name: "Ann" }, forced: false, reason: null, ...cancel },
    endedAt,
    jobs: [
      {
        steps: steps.map((step) => ({
          name: "Drain",
          status: "canceling",
          stop: { askedAt: AT, signal: "SIGTERM", killAt: "2026-11-28T08:00:10.000000Z" },
          attempts,
          ...step,
        })),
      },
    ],
  } as unknown as Task;
}

const told = (given: Given, seconds = 0) =>
  stopStages(task(given), NOW + seconds * 1000).map((stage) => stage.text);

test("a cancel tells what was sent to what, and when the rest is killed", () => {
  expect(told({}, 3)).toEqual([
    "Cancel asked for by Ann",
    "SIGTERM sent to Drain",
    "Kill in 7 s",
    "Stopped",
  ]);
  expect(told({}, 12)).toContain("Being killed");
});

test("of several steps the last grace counts", () => {
  const stop = { askedAt: AT, signal: "SIGINT", killAt: "2026-11-28T08:02:00.000000Z" };
  expect(told({ steps: [{}, { name: "Copy", stop }] })).toEqual([
    "Cancel asked for by Ann",
    "SIGTERM sent to Drain",
    "SIGINT sent to Copy",
    "Kill in 2 min 00 s",
    "Stopped",
  ]);
});

test("a forced cancel waits for nothing", () => {
  const stop = { askedAt: AT, signal: "SIGKILL", killAt: null };
  expect(told({ cancel: { forced: true, reason: "too late" }, steps: [{ stop }] })).toEqual([
    "Forced cancel asked for by Ann: too late",
    "SIGKILL sent to Drain",
    "Being killed",
    "Stopped",
  ]);
});

test("clean-up goes on", () => {
  expect(told({ steps: [{ status: "in_progress", stop: null }] })).toContain("Cleaning up");
});

test("a task that a step has started is canceled in its own time", () => {
  const stop = { askedAt: AT, signal: null, killAt: null };
  expect(told({ steps: [{ stop }] }).slice(1)).toEqual([
    "Cancel passed on to what Drain started",
    "Coming to its end",
    "Stopped",
  ]);
});

test("afterwards it tells what had to be killed, and how long all that took", () => {
  const receipt = { stopSignal: "SIGTERM", killed: [{ name: "sh", pid: 7 }] };
  const endedAt = "2026-11-28T08:00:10.500000Z";
  expect(told({ steps: [{ status: "canceled", stop: null }], receipt, endedAt })).toEqual([
    "Cancel asked for by Ann",
    "SIGTERM sent",
    "Killed: sh 7",
    "Stopped after 10 s",
  ]);
});

test("a time limit and a failure beside it are told as what they are", () => {
  expect(told({ cancel: null, steps: [{ status: "in_progress" }] })[0]).toBe("Time limit reached");
  expect(told({ cancel: null })[0]).toBe("Another job failed");
  expect(told({ cancel: null, steps: [{ stop: null }] })).toEqual([]);
});
