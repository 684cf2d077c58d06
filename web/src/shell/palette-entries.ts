/** What the palette offers for a text: pages, tasks and definitions, the best fit first. */
import type { Definition, Status, Task } from "../api/shapes";
import { withoutInputs } from "../ui/template";
import type { Page } from "./pages";

export interface Entry {
  /** Where it leads, and what it is known by. */
  to: string;
  kind: "page" | "task" | "definition" | "search";
  text: string;
  detail: string;
  /** Of a task that is known. */
  status?: Status;
}

const MOST = 12;

export function entriesFor(
  typed: string,
  pages: readonly Page[],
  tasks: readonly Task[],
  definitions: readonly Definition[],
): Entry[] {
  const sought = typed.trim().toLowerCase();
  const all: Entry[] = [
    ...pages.map((one) => page(one)),
    ...definitions.map((one) => definition(one)),
    ...tasks.map((one) => task(one)),
  ];
  if (sought === "") return all.filter((one) => one.kind !== "definition").slice(0, MOST);
  const fitting = all
    .map((entry, index) => ({ entry, index, rank: rankOf(entry, sought) }))
    .filter(({ rank }) => rank < NONE)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ entry }) => entry);
  const exact = byNumber(sought, tasks);
  return [
    ...exact,
    ...fitting.filter((one) => !exact.some((two) => two.to === one.to)).slice(0, MOST),
    searchFor(typed.trim()),
  ];
}

function page({ to, label }: Page): Entry {
  return { to, kind: "page", text: label, detail: "page" };
}

function definition(one: Definition): Entry {
  return {
    to: `/run/${one.name}`,
    kind: "definition",
    text: `Run ${one.name}`,
    detail: withoutInputs(one.title),
  };
}

function task(one: Task): Entry {
  const detail = `#${String(one.id)} · ${one.name}`;
  return {
    to: `/tasks/${String(one.id)}`,
    kind: "task",
    text: one.title,
    detail,
    status: one.status,
  };
}

/** `4711` or `#4711` is a task, whether it is one of the recent ones or not. */
function byNumber(sought: string, tasks: readonly Task[]): Entry[] {
  const reference = byReference(sought);
  if (reference !== null) return [reference];
  const number = /^#?(\d{1,15})$/.exec(sought)?.[1];
  if (number === undefined) return [];
  const known = tasks.find((one) => String(one.id) === number);
  if (known !== undefined) return [task(known)];
  return [
    { to: `/tasks/${number}`, kind: "task", text: `Task #${number}`, detail: "by its number" },
  ];
}

/** What users give to support when something failed that they do not see, such as `T7-S12-A1`. */
function byReference(sought: string): Entry | null {
  const found = /^t(\d{1,15})-s(\d{1,15})-a(\d{1,9})$/.exec(sought);
  if (found === null) return null;
  const [, task = "", step = "", attempt = ""] = found;
  const to = `/tasks/${task}?step=${step}&attempt=${attempt}`;
  return {
    to,
    kind: "task",
    text: `Task #${task}`,
    detail: `what ${found[0].toUpperCase()} is about`,
  };
}

function searchFor(typed: string): Entry {
  const to = `/tasks?search=${encodeURIComponent(typed)}`;
  return { to, kind: "search", text: `Search tasks for “${typed}”`, detail: "titles and names" };
}

const NONE = 4;

/** Beginning of the text, beginning of a word, anywhere, in the detail; every word must be there. */
function rankOf(entry: Entry, sought: string): number {
  const text = entry.text.toLowerCase();
  if (text.startsWith(sought)) return 0;
  const words = sought.split(/\s+/);
  if (words.every((word) => text.split(/[\s._-]+/).some((one) => one.startsWith(word)))) return 1;
  if (words.every((word) => text.includes(word))) return 2;
  const whole = `${text} ${entry.detail.toLowerCase()}`;
  return words.every((word) => whole.includes(word)) ? 3 : NONE;
}
