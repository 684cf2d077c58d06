/** The task for a terminal and for curl: to look at it, and to run it again. */
import { rerunRule } from "../access/rerun-rule";
import type { Task } from "../api/shapes";

export interface CopiedTask {
  /** What it is and does when it is pasted: nobody starts a release by accident. */
  label: string;
  text: string;
}

/** `origin` is the address of this server. What changes nothing comes first. */
export function copiedTasks(task: Task, origin: string): CopiedTask[] {
  const looks =
    task.immediate || task.endedAt !== null ? shown(task, origin) : followed(task, origin);
  const again = !task.immediate && task.endedAt !== null && rerunRule(task) === null;
  return again ? [...looks, ...repeated(task, origin)] : looks;
}

function shown({ id }: Task, origin: string): CopiedTask[] {
  return [
    { label: "Command that shows it", text: commandOf(origin, `show ${String(id)}`) },
    { label: "curl that shows it", text: `curl ${KEY} ${pathOf(id, origin)}` },
  ];
}

function followed({ id }: Task, origin: string): CopiedTask[] {
  return [
    { label: "Command that follows it", text: commandOf(origin, `logs ${String(id)} --follow`) },
    { label: "curl that follows it", text: `curl -N ${KEY} ${pathOf(id, origin)}/stream` },
  ];
}

function repeated({ id }: Task, origin: string): CopiedTask[] {
  const body = `-H 'Content-Type: application/json' -d '{"force": false}'`;
  return [
    { label: "Command that runs it again", text: commandOf(origin, `rerun ${String(id)}`) },
    { label: "curl that runs it again", text: `curl ${KEY} ${body} ${pathOf(id, origin)}/repeat` },
  ];
}

/** The key of who asks is taken from the environment. */
const KEY = '-H "X-API-KEY: $TASKTRAIL_API_KEY"';

function commandOf(origin: string, words: string): string {
  return `TASKTRAIL_URL=${origin} tasktrail task ${words}`;
}

function pathOf(id: number, origin: string): string {
  return `${origin}/v1/tasks/${String(id)}`;
}
