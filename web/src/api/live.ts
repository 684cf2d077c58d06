/** Server-sent events of one task: the task as it changes, and new lines of one log. */
import type { LogLine, Task } from "./shapes";
import { address, type Query } from "./client";

export interface NewLines {
  stepId: number;
  attempt: number;
  firstLine: number;
  lines: { level: LogLine["level"]; message: string; time: string; damaged?: boolean }[];
}

export interface Listeners {
  onTask: (task: Task) => void;
  onLines: (lines: NewLines) => void;
  /** Whether events arrive; where they do not, the page asks by itself. */
  onConnection: (connected: boolean) => void;
}

/** Follow a task until the returned function is called, or until it has ended. */
export function follow(taskId: number, query: Query, listeners: Listeners): () => void {
  const source = new EventSource(address(`/tasks/${String(taskId)}/stream`, query));
  const close = () => {
    source.close();
    listeners.onConnection(false);
  };
  source.addEventListener("open", () => {
    listeners.onConnection(true);
  });
  source.addEventListener("error", () => {
    listeners.onConnection(false);
  });
  source.addEventListener("task", (event: MessageEvent<string>) => {
    listeners.onTask(JSON.parse(event.data) as Task);
  });
  source.addEventListener("lines", (event: MessageEvent<string>) => {
    listeners.onLines(JSON.parse(event.data) as NewLines);
  });
  source.addEventListener("end", close);
  return close;
}
