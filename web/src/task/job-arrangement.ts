/** In which order the jobs of a task stand beside its log, and which of them are folded away. */
import type { Job } from "../api/shapes";
import { byTrouble, passed } from "./trouble";

export interface JobArrangement {
  /** The names of the jobs, in their order. */
  names: readonly string[];
  /** Of those without trouble. */
  over: ReadonlySet<string>;
}

/** Failed and waiting first; what passed is over. */
export function arrangementOf(jobs: readonly Job[]): JobArrangement {
  return {
    names: byTrouble(jobs).map((job) => job.name),
    over: new Set(jobs.filter((job) => passed(job.status)).map((job) => job.name)),
  };
}

/** The jobs as they are now, in an arrangement that may be older than they are. */
export function arranged(jobs: readonly Job[], { names }: JobArrangement): Job[] {
  const place = new Map(names.map((name, index) => [name, index]));
  const of = (job: Job) => place.get(job.name) ?? names.length;
  return [...jobs].sort((one, other) => of(one) - of(other));
}
