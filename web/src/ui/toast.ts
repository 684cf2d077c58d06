/** What was done just now, told for some seconds without moving anything on the page. */
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  /** The task that records it. */
  taskId?: number | undefined;
}

/** Milliseconds. */
const SHOWN = 7_000;
const AGAIN = 1_000;

let toasts: readonly Toast[] = [];
let next = 1;
let held = false;
const listeners = new Set<() => void>();

export function toast(text: string, taskId?: number): void {
  const one = { id: next, text, taskId };
  next += 1;
  change([...toasts, one].slice(-3));
  window.setTimeout(() => {
    expire(one.id);
  }, SHOWN);
}

/** Whether somebody is at one of them: none goes away then (WCAG 2.2.1). */
export function holdToasts(on: boolean): void {
  held = on;
}

function expire(id: number): void {
  if (!held) dismiss(id);
  else window.setTimeout(expire, AGAIN, id);
}

export function dismiss(id: number): void {
  // What is gone is not left by a pointer any more.
  held = false;
  change(toasts.filter((one) => one.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, shownToasts);
}

export function shownToasts(): readonly Toast[] {
  return toasts;
}

function change(changed: readonly Toast[]): void {
  toasts = changed;
  listeners.forEach((listener) => {
    listener();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
