import { expect, test } from "vitest";
import type { Attempt, Status } from "../api/shapes";
import { nextTry } from "./next-try";

const NOW = Date.parse("2026-11-28T08:00:00Z");

function told(status: Status, retryAt: string | null) {
  const attempts = [{ number: 1 }, { number: 2, retryAt }] as Attempt[];
  return nextTry({ status, attempts, maxAttempts: 5 }, NOW);
}

test("a step that has backed off says when it is tried again, and which attempt that is", () => {
  const attempt = "attempt 3 of 5";
  expect(told("backed_off", "2026-11-28T08:00:07.300000Z")).toEqual({ when: "in 8 s", attempt });
  expect(told("backed_off", "2026-11-28T08:02:00Z")?.when).toBe("in 2 min 00 s");
  expect(told("backed_off", "2026-11-28T07:59:59Z")?.when).toBe("now");
});

test("a step that waits for no next try says nothing", () => {
  expect(told("in_progress", null)).toBeNull();
  expect(nextTry({ status: "queued", attempts: [], maxAttempts: 5 }, NOW)).toBeNull();
});
