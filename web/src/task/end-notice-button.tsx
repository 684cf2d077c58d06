import { Bell, BellOff, BellRing } from "lucide-react";
import { classNames } from "../ui/class-names";
import { chooseEndNotices, useEndNotices } from "./end-notice";

/** Tell me when it has ended, also when I look at something else. */
export function EndNoticeButton() {
  const on = useEndNotices();
  const Icon = on === null ? BellOff : on ? BellRing : Bell;
  const label =
    on === null ? "This browser lets no notifications through" : "Notify me when tasks end";
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={on === true}
      disabled={on === null}
      onClick={() => {
        void chooseEndNotices(on !== true);
      }}
      className={classNames(
        "inline-flex size-9 items-center justify-center rounded-lg border border-line-strong",
        "disabled:cursor-not-allowed disabled:opacity-60",
        on === true ? "bg-accent-soft text-accent-strong" : "bg-surface hover:bg-sunken",
      )}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
