/** Which time limit ended a task, a job or a step, and how long that was. */
import type { Job, Step, Task } from "../api/shapes";
import { duration } from "../ui/times";
import { failures, jobOf } from "./trouble";

export interface ReachedLimit {
  /** The step that it stopped, and the job of that; null where none is to be seen. */
  step: Step | null;
  job: Job | null;
  /** Such as "The job's time limit of 1 min 00 s was reached"; null where nobody knows. */
  why: string | null;
}

type Limit = "task" | "job" | "step";

/** Of several the first in time; null where no limit was reached. */
export function reachedLimit(task: Task): ReachedLimit | null {
  const step = failures(task).find((one) => one.status === "timed_out") ?? null;
  if (step === null && task.status !== "timed_out") return null;
  const job = step === null ? null : (jobOf(task, step.id) ?? null);
  const message = step?.attempts.at(-1)?.message ?? "";
  const limit = limitOf(message) ?? (isTooLong(task) ? "task" : null);
  const seconds = secondsOf(message) ?? (limit === "job" ? job?.timeout : task.timeout);
  const known = limit !== null && (limit !== "step" || secondsOf(message) !== null);
  return { step, job, why: known && seconds !== undefined ? whyOf(limit, seconds) : null };
}

function whyOf(limit: Limit, seconds: number): string {
  return `The ${limit}'s time limit of ${duration(seconds * 1000)} was reached`;
}

/** What ended an attempt is told in its message: "the step's time limit of 90 s was reached". */
function limitOf(message: string): Limit | null {
  return (/^the (task|job|step)'s time limit/.exec(message)?.[1] as Limit | undefined) ?? null;
}

function secondsOf(message: string): number | null {
  const found = /time limit of ([\d.e+]+) s/.exec(message)?.[1];
  return found === undefined ? null : Number(found);
}

/** A limit that found no attempt under way stands in no message. */
function isTooLong({ status, startedAt, endedAt, timeout }: Task): boolean {
  if (status !== "timed_out" || startedAt === null || endedAt === null) return false;
  return Date.parse(endedAt) - Date.parse(startedAt) >= timeout * 1000;
}
