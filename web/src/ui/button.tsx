import type { ButtonHTMLAttributes } from "react";
import { classNames } from "./class-names";

type Look = "plain" | "primary" | "danger" | "quiet";

const LOOKS: Record<Look, string> = {
  plain: "border border-line-strong bg-surface hover:bg-sunken",
  primary: "border border-transparent bg-accent text-on-accent hover:bg-accent-strong",
  danger: "border border-bad bg-surface text-bad hover:bg-bad-soft",
  quiet: "border border-transparent text-muted hover:bg-sunken hover:text-text",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  /** Something is under way that this button has begun. */
  busy?: boolean;
}

export function Button({ look = "plain", busy = false, className, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={classNames(
        "inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium",
        "transition-colors [&>svg]:shrink-0 disabled:cursor-not-allowed disabled:opacity-60",
        LOOKS[look],
        className,
      )}
    >
      {children}
    </button>
  );
}
