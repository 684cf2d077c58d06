/** In which order the jobs of a task stand beside its log, and which of them are folded away. */
import type { Job, Task } from "../api/shapes";
import { inOrderOfTrouble, passed } from "./trouble";

export interface JobArrangement {
  /** The names of the jobs, in their order. */
  names: readonly string[];
  /** Of those that are folded away. */
  over: ReadonlySet<string>;
}

/** Failed and waiting first; what passed is over. */
export function arrangementOf(task: Pick<Task, "jobs" | "waitingOn">): JobArrangement {
  return {
    names: inOrderOfTrouble(task).map((job) => job.name),
    over: new Set(task.jobs.filter((job) => passed(job.status)).map((job) => job.name)),
  };
}

/** The jobs as they are now, in an arrangement that may be older than they are. */
export function arranged(jobs: readonly Job[], { names }: JobArrangement): Job[] {
  const place = new Map(names.map((name, index) => [name, index]));
  const of = (job: Job) => place.get(job.name) ?? names.length;
  return [...jobs].sort((one, other) => of(one) - of(other));
}
