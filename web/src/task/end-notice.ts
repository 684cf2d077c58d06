/** Tells that a task has ended, by a notification of the browser, if somebody asked for that. */
import { useEffect, useRef } from "react";
import type { Task } from "../api/shapes";
import { statusLook } from "../ui/status-look";

export function useEndNotice(task: Task | undefined): void {
  const running = useRef(false);
  useEffect(() => {
    if (task === undefined) return;
    const ended = task.endedAt !== null;
    if (ended && running.current && document.hidden && permitted()) {
      new Notification(`${task.title}: ${statusLook(task.status).word}`, { icon: "/icon.svg" });
    }
    running.current = !ended;
  }, [task]);
}

export function notificationsAre(): "granted" | "denied" | "default" | "missing" {
  return "Notification" in window ? Notification.permission : "missing";
}

function permitted(): boolean {
  return notificationsAre() === "granted";
}
