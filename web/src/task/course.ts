/** When the jobs of a task waited and worked, and which of them its duration comes from. */
import type { Job, Task } from "../api/shapes";

export interface Bar {
  job: Job;
  /** When it could have begun, began and ended: milliseconds since the task was accepted. */
  ready: number;
  start: number;
  end: number;
  critical: boolean;
}

export interface Course {
  bars: Bar[];
  /** Milliseconds from accepting the task to its end, or to now. */
  length: number;
}

export function courseOf(task: Task, now: number): Course {
  const zero = Date.parse(task.createdAt);
  const at = (time: string | null) => (time === null ? now : Date.parse(time)) - zero;
  const byName = new Map(task.jobs.map((job) => [job.name, job]));
  const started = task.jobs.filter((job) => job.startedAt !== null);
  const critical = criticalPath(started, byName);
  const bars = started.map((job) => ({
    job,
    ready: Math.max(0, ...startedBefore(job, byName).map((one) => endOf(one, zero))),
    start: at(job.startedAt),
    end: at(job.endedAt),
    critical: critical.has(job.name),
  }));
  bars.sort((one, other) => one.start - other.start);
  return { bars, length: Math.max(1, at(task.endedAt), ...bars.map((bar) => bar.end)) };
}

/** Back from the job that ended last, each time to what it waited for the longest. */
function criticalPath(started: Job[], byName: ReadonlyMap<string, Job>): Set<string> {
  const path = new Set<string>();
  let job = latest(started);
  while (job !== undefined && !path.has(job.name)) {
    path.add(job.name);
    job = latest(startedBefore(job, byName));
  }
  return path;
}

/** What a job has waited for: in place of a job that never started, what that one needs. Clean-up
 * waits for jobs that are skipped because others failed. */
function startedBefore(job: Job, byName: ReadonlyMap<string, Job>): Job[] {
  const found = new Set<Job>();
  const seen = new Set<string>();
  const left = [...job.after];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const before = byName.get(name);
    if (before === undefined || seen.has(name)) continue;
    seen.add(name);
    if (before.startedAt === null) left.push(...before.after);
    else found.add(before);
  }
  return [...found];
}

function latest(jobs: Job[]): Job | undefined {
  return jobs.reduce<Job | undefined>(
    (one, other) => (one === undefined || endKey(other) > endKey(one) ? other : one),
    undefined,
  );
}

function endKey(job: Job): number {
  return job.endedAt === null ? Infinity : Date.parse(job.endedAt);
}

function endOf(job: Job, zero: number): number {
  return job.endedAt === null ? 0 : Date.parse(job.endedAt) - zero;
}
