/** The title and the icon of the browser's tab tell how a task goes, also when nobody looks. */
import { useEffect } from "react";
import type { Status } from "../api/shapes";
import { useDocumentTitle } from "./document-title";
import { statusLook, type Tone } from "./status-look";

const SIGNS: Record<Tone, string> = { good: "✓", bad: "✗", warn: "!", busy: "▶", idle: "·" };
const ICON = "/icon.svg";

export function useTabState(title: string, status: Status): void {
  const { tone } = statusLook(status);
  useDocumentTitle(`${SIGNS[tone]} ${title}`);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon === null) return;
    icon.href = `/icon-${tone}.svg`;
    return () => {
      icon.href = ICON;
    };
  }, [tone]);
}
