/** The title and the icon of the browser's tab tell how a task goes, also when nobody looks. */
import { useEffect } from "react";
import type { Status } from "../api/shapes";
import { statusLook } from "./status-look";

const SIGNS: Record<string, string> = { good: "✓", bad: "✗", warn: "!", busy: "▶", idle: "·" };
const ICON = "/icon.svg";

export function useTabState(title: string, status: Status | undefined): void {
  useEffect(() => {
    const tone = status === undefined ? undefined : statusLook(status).tone;
    const sign = tone === undefined ? "" : `${SIGNS[tone] ?? ""} `;
    document.title = `${sign}${title} · Tasktrail`;
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon === null) return;
    icon.href = tone === undefined ? ICON : `/icon-${tone}.svg`;
    return () => {
      icon.href = ICON;
    };
  }, [title, status]);
}
