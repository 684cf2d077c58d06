import { Link, type LinkProps } from "react-router";
import { classNames } from "./class-names";

/** A link that looks as a button does, for what leads to another page. */
export function LinkButton({ className, ...rest }: LinkProps & { className?: string }) {
  return (
    <Link
      {...rest}
      className={classNames(
        "inline-flex min-h-9 items-center justify-center gap-2 rounded-lg border border-line-strong bg-surface px-3.5 text-sm font-medium hover:bg-sunken",
        className,
      )}
    />
  );
}
