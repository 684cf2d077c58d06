/** Tells that a task has ended, by a notification of the browser, if somebody asked for that. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Task } from "../api/shapes";
import { remembered } from "../ui/remembered";
import { statusLook } from "../ui/status-look";

const kept = remembered<"on" | "off">("tasktrail.end-notice", "off", ["on", "off"]);

/** Whether the end of a task that is open here is told; null where the browser can or may not. */
export function useEndNotices(): boolean | null {
  return useSyncExternalStore(kept.subscribe, current);
}

function current(): boolean | null {
  const may = permission();
  return may === "denied" || may === "missing" ? null : kept.get() === "on" && may === "granted";
}

/** Turns notices on or off. Only a click may ask for the permission. */
export async function chooseEndNotices(on: boolean): Promise<void> {
  const granted = !on || permission() === "granted" || (await asked()) === "granted";
  kept.set(on && granted ? "on" : "off");
}

/** Has the end of `task` told while its page is open, but not looked at. */
export function useEndNotice(task: Task): void {
  const running = useRef(false);
  useEffect(() => {
    const ended = task.endedAt !== null;
    const told = kept.get() === "on" && permission() === "granted";
    if (ended && running.current && document.hidden && told) tell(task);
    running.current = !ended;
  }, [task]);
}

function tell(task: Task): void {
  const notice = new Notification(task.title, {
    body: `#${String(task.id)}: ${statusLook(task.status).word}`,
    icon: "/icon.svg",
    tag: `task-${String(task.id)}`,
  });
  notice.addEventListener("click", () => {
    window.focus();
    notice.close();
  });
}

function permission(): NotificationPermission | "missing" {
  return "Notification" in window ? Notification.permission : "missing";
}

async function asked(): Promise<NotificationPermission> {
  return "Notification" in window ? Notification.requestPermission() : "denied";
}
