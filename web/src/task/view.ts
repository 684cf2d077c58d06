/** What of a task is looked at. It lives in the address, so that it can be shared, and back works. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { choiceOf } from "../ui/choice";

export const TABS = {
  log: "Log",
  graph: "Graph",
  timeline: "Timeline",
  history: "History",
  inputs: "Inputs",
  origin: "Origin and reruns",
} as const;
export type Tab = keyof typeof TABS;

export interface LineSpan {
  first: number;
  last: number;
}

export interface TaskView {
  tab: Tab;
  /** The id of the chosen step; null while nobody has chosen one. */
  step: number | null;
  /** The chosen attempt; null for the last one. */
  attempt: number | null;
  lines: LineSpan | null;
  /** What is searched for in the logs. */
  search: string;
}

export function useTaskView(): [TaskView, (change: Partial<TaskView>, replace?: boolean) => void] {
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => viewOf(parameters), [parameters]);
  const change = (changed: Partial<TaskView>, replace = false) => {
    // What is typed is taken at once, or letters typed until then would be taken back.
    setParameters((now) => written({ ...viewOf(now), ...changed }), {
      replace,
      // Another step or tab of the same task is no other page.
      preventScrollReset: true,
      flushSync: changed.search !== undefined,
    });
  };
  return [view, change];
}

/** The address of a line or a range of lines, for others. */
export function addressOf(step: number, attempt: number, lines: LineSpan): string {
  const parameters = new URLSearchParams(written({ tab: "log", step, attempt, lines, search: "" }));
  return `${window.location.origin}${window.location.pathname}?${parameters.toString()}`;
}

/** The view that an address tells. */
export function viewOf(parameters: URLSearchParams): TaskView {
  return {
    tab: choiceOf(TABS, parameters.get("tab"), "log"),
    step: whole(parameters.get("step")),
    attempt: whole(parameters.get("attempt")),
    lines: spanOf(parameters.get("lines")),
    search: parameters.get("q") ?? "",
  };
}

function written(view: TaskView): Record<string, string> {
  const all = {
    tab: view.tab === "log" ? "" : view.tab,
    step: view.step === null ? "" : String(view.step),
    attempt: view.attempt === null ? "" : String(view.attempt),
    lines: view.lines === null ? "" : textOf(view.lines),
    q: view.search,
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ""));
}

export function textOf({ first, last }: LineSpan): string {
  return first === last ? String(first) : `${String(first)}-${String(last)}`;
}

function spanOf(text: string | null): LineSpan | null {
  const found = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(text ?? "");
  if (found === null) return null;
  const [one, other] = [Number(found[1]), Number(found[2] ?? found[1])];
  return { first: Math.min(one, other), last: Math.max(one, other) };
}

function whole(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,17}$/.test(text) ? Number(text) : null;
}
