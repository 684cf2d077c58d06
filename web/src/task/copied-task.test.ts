import { expect, test } from "vitest";
import type { Task } from "../api/shapes";
import { copiedTasks } from "./copied-task";

const ENDED = "2026-11-28T08:00:00Z";

function copied(task: Partial<Task>): Record<string, string> {
  const whole = { id: 12, immediate: false, endedAt: ENDED, rerunnable: "failed", ...task } as Task;
  const all = copiedTasks(whole, "http://here");
  return Object.fromEntries(all.map(({ label, text }) => [label, text]));
}

test("what runs a task again says so, and comes after what only shows it", () => {
  const failed = copied({ status: "failed" });
  expect(Object.keys(failed)).toEqual([
    "Command that shows it",
    "curl that shows it",
    "Command that runs it again",
    "curl that runs it again",
  ]);
  expect(failed["Command that shows it"]).toBe("TASKTRAIL_URL=http://here tasktrail task show 12");
  expect(failed["Command that runs it again"]).toContain("tasktrail task rerun 12");
  expect(failed["curl that runs it again"]).toContain("http://here/v1/tasks/12/repeat");
});

test("a task that cannot be run again is only shown", () => {
  const only = ["Command that shows it", "curl that shows it"];
  expect(Object.keys(copied({ status: "done" }))).toEqual(only);
  expect(Object.keys(copied({ status: "done", immediate: true }))).toEqual(only);
});

test("a task that goes on is followed", () => {
  const { "Command that follows it": command, "curl that follows it": curl } = copied({
    status: "in_progress",
    endedAt: null,
  });
  expect(command).toContain("tasktrail task logs 12 --follow");
  expect(curl).toContain("curl -N");
});
