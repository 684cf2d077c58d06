/** Where the trouble is: what to show first, and what can stay folded. */
import type { Job, Step, Task } from "../api/shapes";

/** Failed and waiting first, then what runs, what is to come, and last what passed. */
const ORDER: string[] = [
  "failed",
  "timed_out",
  "canceling",
  "backed_off",
  "pending",
  "in_progress",
  "done_with_warnings",
  "queued",
  "canceled",
  "skipped",
  "done",
];

const UNDER_WAY: string[] = ["in_progress", "canceling", "backed_off"];

/** Jobs in the order in which they are looked at; equal ones stay in the order of the plan. */
export function byTrouble(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((one, other) => rank(one.status) - rank(other.status));
}

/** Whether there is nothing to see: it is folded until somebody unfolds it. */
export function passed(status: string): boolean {
  return status === "done" || status === "skipped";
}

export function isFailure(status: string): boolean {
  return status === "failed" || status === "timed_out";
}

/** The steps that failed, in the order in which they did, and after them those that only warned. */
export function failures(task: Task): Step[] {
  const steps = stepsOf(task);
  const failed = steps.filter((step) => isFailure(step.status)).sort(byEnd);
  return [...failed, ...steps.filter(warned).sort(byEnd)];
}

/** The step that a task opens at: the first failure, else what runs, else what warned, else the last
 * that ran. */
export function firstToSee(task: Task): Step | null {
  const steps = stepsOf(task);
  const blamed = steps.find((step) => step.id === task.error?.stepId);
  const [first] = failures(task);
  const failed = first !== undefined && isFailure(first.status) ? first : undefined;
  const running = steps.find((step) => UNDER_WAY.includes(step.status));
  const ran = steps.filter((step) => step.startedAt !== null);
  return blamed ?? failed ?? running ?? first ?? ran.at(-1) ?? steps[0] ?? null;
}

/** The failure after `from`, round and round. */
export function nextFailure(task: Task, from: number | null): Step | null {
  const all = failures(task);
  const at = all.findIndex((step) => step.id === from);
  return all[(at + 1) % Math.max(1, all.length)] ?? null;
}

export function stepsOf(task: Task): Step[] {
  return task.jobs.flatMap((job) => job.steps);
}

export function jobOf(task: Task, stepId: number): Job | undefined {
  return task.jobs.find((job) => holds(job, stepId));
}

export function holds(job: Job, stepId: number | null): boolean {
  return job.steps.some((step) => step.id === stepId);
}

function warned(step: Step): boolean {
  return step.status === "done_with_warnings";
}

function rank(status: string): number {
  const found = ORDER.indexOf(status);
  return found < 0 ? ORDER.length : found;
}

function byEnd(one: Step, other: Step): number {
  return (one.endedAt ?? "").localeCompare(other.endedAt ?? "");
}
