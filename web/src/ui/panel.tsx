import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface Props {
  title?: string;
  /** Beside the title. */
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A part of a page on its own ground. */
export function Panel({ title, actions, children, className }: Props) {
  return (
    <section
      className={classNames(
        "overflow-hidden rounded-xl border border-line bg-surface shadow-(--shadow)",
        className,
      )}
    >
      {title !== undefined && (
        <div className="flex min-h-14 flex-wrap items-center justify-between gap-2 border-b border-line px-5 py-2">
          <h2 className="font-semibold">{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}
