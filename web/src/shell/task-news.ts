import type { Task } from "../api/shapes";
import type { TaskNews } from "../api/task-news";

/** How many tasks that have ended are of interest. */
const ENDED = 5;

/** The tasks of the widget: what runs, the newest first, then what ended, the latest first. */
export function arranged(news: Pick<TaskNews, "running" | "ended">): Task[] {
  const ended = [...news.ended].sort((a, b) => endOf(b) - endOf(a)).slice(0, ENDED);
  const listed = new Set(ended.map((task) => task.id));
  // Asked for one after the other, a task may have ended in between.
  return [...news.running.filter((task) => !listed.has(task.id)), ...ended];
}

function endOf(task: Task): number {
  return Date.parse(task.endedAt ?? task.updatedAt);
}
