/** How far the stop of a task has come: asked for, signal sent, what is killed when, stopped. */
import type { Receipt, Step, Task } from "../api/shapes";
import { duration } from "../ui/times";
import { stepsOf } from "./trouble";

export interface StopStage {
  state: "over" | "now" | "next";
  text: string;
}

/** The stages in their order; none where nothing was asked to stop. `now` is in milliseconds. */
export function stopStages(task: Task, now: number): StopStage[] {
  const stopping = stepsOf(task).filter((step) => step.stop !== null);
  const asked = whyOf(task, stopping);
  if (asked === null) return [];
  const first: StopStage = { state: "over", text: asked };
  return task.endedAt === null
    ? [first, ...underWay(task, stopping, now), { state: "next", text: "Stopped" }]
    : [first, ...afterwards(task, task.endedAt)];
}

function whyOf(task: Task, stopping: readonly Step[]): string | null {
  const { cancel } = task;
  if (cancel !== null) {
    const why = cancel.reason === null ? "" : `: ${cancel.reason}`;
    return `${cancel.forced ? "Forced cancel" : "Cancel"} asked for by ${cancel.by.name}${why}`;
  }
  if (stopping.length === 0) return null;
  const ofLimit = stopping.some((step) => step.status === "in_progress");
  return ofLimit ? "Time limit reached" : "Another job failed";
}

function underWay(task: Task, stopping: readonly Step[], now: number): StopStage[] {
  if (stopping.length === 0) {
    const cleaning = stepsOf(task).some((step) => step.status === "in_progress");
    return [{ state: "now", text: cleaning ? "Cleaning up" : "Coming to its end" }];
  }
  return [...sent(stopping), { state: "now", text: waitOf(stopping, now) }];
}

/** What each signal was sent to. */
function sent(stopping: readonly Step[]): StopStage[] {
  const names = new Map<string | null, string[]>();
  for (const { name, stop } of stopping) {
    const signal = stop?.signal ?? null;
    names.set(signal, [...(names.get(signal) ?? []), name]);
  }
  return [...names].map(([signal, steps]) => ({
    state: "over",
    text:
      signal === null
        ? `Cancel passed on to what ${named(steps)} started`
        : `${signal} sent to ${named(steps)}`,
  }));
}

/** What is waited for; of several graces the one that ends last says when all will be over. */
function waitOf(stopping: readonly Step[], now: number): string {
  const kills = stopping.flatMap((step) =>
    step.stop?.killAt == null ? [] : [Date.parse(step.stop.killAt)],
  );
  if (kills.length === 0) {
    const killed = stopping.some((step) => step.stop?.signal != null);
    return killed ? "Being killed" : "Coming to its end";
  }
  const left = Math.ceil((Math.max(...kills) - now) / 1000);
  return left > 0 ? `Kill in ${wait(left)}` : "Being killed";
}

function wait(seconds: number): string {
  return seconds < 60 ? `${String(seconds)} s` : duration(seconds * 1000);
}

function named(steps: readonly string[]): string {
  return steps.length <= 2 ? steps.join(" and ") : `${String(steps.length)} steps`;
}

function afterwards(task: Task, endedAt: string): StopStage[] {
  const at = task.cancel?.at ?? endedAt;
  const receipts = stepsOf(task)
    .flatMap((step) => step.attempts)
    .filter((attempt) => attempt.endedAt === null || attempt.endedAt >= at)
    .flatMap((attempt): Receipt[] => (attempt.receipt === null ? [] : [attempt.receipt]));
  const signals = new Set(receipts.flatMap((one) => one.stopSignal ?? []));
  const killed = receipts.flatMap((one) =>
    one.killed.map((each) => `${each.name} ${String(each.pid)}`),
  );
  const texts = [
    ...[...signals].map((signal) => `${signal} sent`),
    ...(killed.length > 0 ? [`Killed: ${listed(killed)}`] : []),
    `Stopped after ${duration(Math.max(0, Date.parse(endedAt) - Date.parse(at)))}`,
  ];
  return texts.map((text) => ({ state: "over", text }));
}

function listed(all: readonly string[]): string {
  const more = all.length - 3;
  return more > 0 ? `${all.slice(0, 3).join(", ")} and ${String(more)} more` : all.join(", ");
}
