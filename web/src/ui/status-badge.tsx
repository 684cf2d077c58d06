import type { Status } from "../api/shapes";
import { classNames } from "./class-names";
import { SOFT, statusLook, TEXT } from "./status-look";

export function StatusBadge({ status }: { status: Status }) {
  const { word, tone, Icon } = statusLook(status);
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap",
        SOFT[tone],
      )}
    >
      <Icon size={13} aria-hidden className={status === "in_progress" ? "animate-spin" : ""} />
      {word}
    </span>
  );
}

/** The icon alone, for narrow places; its word is there for those who do not see it. */
export function StatusIcon({ status, size = 16 }: { status: Status; size?: number }) {
  const { word, tone, Icon } = statusLook(status);
  return (
    <span className={classNames("inline-flex shrink-0", TEXT[tone])} title={word}>
      <Icon size={size} aria-hidden className={status === "in_progress" ? "animate-spin" : ""} />
      <span className="sr-only">{word}</span>
    </span>
  );
}
