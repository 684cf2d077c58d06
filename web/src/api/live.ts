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
  const listen = <T>(name: string, hear: (told: T) => void) => {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      const told = read<T>(event.data);
      // Of a stream that makes no sense no word is missed: the page asks by itself from then on.
      if (told === null) close();
      else hear(told);
    });
  };
  listen<Task>("task", listeners.onTask);
  listen<NewLines>("lines", listeners.onLines);
  source.addEventListener("end", close);
  return close;
}

/** Null for what is cut off, or comes from something between here and the server. */
function read<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
