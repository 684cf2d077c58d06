/** Keys that do something by themselves, such as `?`. They can be turned off: who dictates, or hits
 * keys by accident, would be surprised by them (WCAG 2.1.4). */
import { useSyncExternalStore } from "react";
import { remembered } from "./remembered";

const kept = remembered<"on" | "off">("tasktrail.single-keys", "on", ["on", "off"]);

export function useSingleKeys(): boolean {
  return useSyncExternalStore(kept.subscribe, kept.get) === "on";
}

export function chooseSingleKeys(on: boolean): void {
  kept.set(on ? "on" : "off");
}

/** The key that is pressed for its own sake; null when it is typed into something, or is part of a
 * shortcut of the browser, or a dialog is open, or such keys are turned off. */
export function singleKey(event: KeyboardEvent): string | null {
  if (kept.get() === "off" || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.defaultPrevented || event.isComposing) return null;
  const target = event.target;
  if (target instanceof HTMLElement) {
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return null;
  }
  return document.querySelector("dialog[open]") === null ? event.key : null;
}
