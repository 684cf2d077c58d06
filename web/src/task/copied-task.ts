/** The task as a command line and for curl: what would be done again, or shown. */
import type { Task } from "../api/shapes";

/** `origin` is the address of this server. */
export function commandOf(task: Task, origin: string): string {
  const what = task.immediate ? "show" : task.endedAt === null ? "watch" : "rerun";
  return `TASKTRAIL_URL=${origin} tasktrail task ${what} ${String(task.id)}`;
}

/** The key of who asks is taken from the environment. */
export function curlOf(task: Task, origin: string): string {
  const path = `${origin}/v1/tasks/${String(task.id)}`;
  const key = '-H "X-API-KEY: $TASKTRAIL_API_KEY"';
  if (task.immediate) return `curl ${key} ${path}`;
  if (task.endedAt === null) return `curl -N ${key} ${path}/stream`;
  return `curl ${key} -H 'Content-Type: application/json' ${path}/repeat -d '{"force": false}'`;
}
