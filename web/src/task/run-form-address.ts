/** Where the definition of a task is run anew. */
import type { Task } from "../api/shapes";

/** What the server puts in place of every secret. */
const MASK = "********";

/** The form of the definition as it is. */
export function runFormOf({ name }: Pick<Task, "name">): string {
  return `/run/${encodeURIComponent(name)}`;
}

/** The form of the definition, filled with the inputs of the task; secrets are to be entered again. */
export function filledRunFormOf(task: Pick<Task, "name" | "inputs">): string {
  const given = Object.entries(task.inputs).filter(([, value]) => value !== MASK);
  const values = given.map(([name, value]) => [name, value === null ? "" : String(value)]);
  return `${runFormOf(task)}?${new URLSearchParams(values).toString()}`;
}
