/** Where the trouble is: what to show first, and what can stay folded. */
import type { Job, Step, Task } from "../api/shapes";

/** Failed first, then what waits for something that a person may have to do something about, then
 * what runs, what is to come, and last what passed. */
const ORDER: string[] = [
  "failed",
  "timed_out",
  "canceling",
  "backed_off",
  "waiting",
  "in_progress",
  "done_with_warnings",
  "to_come",
  "canceled",
  "skipped",
  "done",
];

const UNDER_WAY: string[] = ["in_progress", "canceling", "backed_off"];

/** The jobs in the order in which they are looked at; equal ones stay in the order of the plan. */
export function inOrderOfTrouble({ jobs, waitingOn }: Pick<Task, "jobs" | "waitingOn">): Job[] {
  const locked = new Set(waitingOn.map((wait) => wait.jobName));
  // A pool in which jobs of the task run comes to the others by itself.
  const served = new Set(jobs.filter(isWorkedAt).map((job) => job.pool));
  const standing = (job: Job): string => {
    if (job.status === "pending") return locked.has(job.name) ? "waiting" : "to_come";
    if (job.status === "queued") return served.has(job.pool) ? "to_come" : "waiting";
    return job.status;
  };
  const ranks = new Map(jobs.map((job) => [job.name, rank(standing(job))]));
  const of = (job: Job) => ranks.get(job.name) ?? 0;
  return [...jobs].sort((one, other) => of(one) - of(other));
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
  return [...failed, ...warnings(task)];
}

/** The steps that only warned, in the order in which they did. */
export function warnings(task: Task): Step[] {
  return stepsOf(task)
    .filter((step) => step.status === "done_with_warnings")
    .sort(byEnd);
}

/** The step that a task opens at: the first failure, else what runs, else what was stopped, else what
 * warned, else the last of its own that wrote something. */
export function firstToSee(task: Task): Step | null {
  const steps = stepsOf(task);
  const blamed = steps.find((step) => step.id === task.error?.stepId);
  const [first] = failures(task);
  const failed = first !== undefined && isFailure(first.status) ? first : undefined;
  const ran = steps.filter((step) => step.startedAt !== null);
  // What a cancel was meant for, and not the clean-up that came after it.
  const stopped = ran.find((step) => step.status === "canceled");
  return (
    blamed ??
    failed ??
    steps.find(isUnderWay) ??
    stopped ??
    first ??
    mostTelling(ran) ??
    steps[0] ??
    null
  );
}

/** The last that tells something of what was done: not of the system, with lines to read. */
function mostTelling(ran: readonly Step[]): Step | undefined {
  const own = ran.filter((step) => !step.isSystem);
  return own.findLast((step) => step.logLines > 0) ?? own.at(-1) ?? ran.at(-1);
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

function isWorkedAt({ status }: Job): boolean {
  return status === "in_progress" || status === "canceling";
}

function isUnderWay({ status }: { status: string }): boolean {
  return UNDER_WAY.includes(status);
}

function rank(standing: string): number {
  const found = ORDER.indexOf(standing);
  return found < 0 ? ORDER.length : found;
}

function byEnd(one: Step, other: Step): number {
  return (one.endedAt ?? "").localeCompare(other.endedAt ?? "");
}
