import type { ReactNode } from "react";
import { classNames } from "./class-names";

const TONES = {
  plain: "bg-idle-soft text-idle",
  accent: "bg-accent-soft text-accent-strong",
  warn: "bg-warn-soft text-warn",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
} as const;

/** A word about what it stands beside. */
export function Tag({
  tone = "plain",
  children,
}: {
  tone?: keyof typeof TONES;
  children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        "inline-flex max-w-full items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
