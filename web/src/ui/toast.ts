/** What was done just now, told for some seconds without moving anything on the page. */
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  /** The task that records it. */
  taskId?: number | undefined;
}

const SHOWN = 7_000;

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

export function toast(text: string, taskId?: number): void {
  const one = { id: next, text, taskId };
  next += 1;
  change([...toasts, one].slice(-3));
  window.setTimeout(() => {
    dismiss(one.id);
  }, SHOWN);
}

export function dismiss(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
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
