import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  /** A command to try, shown as it is typed. */
  command?: string;
}

/** Nothing is here yet: why, and what to do about it. */
export function EmptyState({ title, children, command }: Props) {
  return (
    <div className="mx-auto max-w-md px-6 py-16 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children !== undefined && <div className="mt-2 text-muted">{children}</div>}
      {command !== undefined && (
        <pre className="mt-5 overflow-x-auto rounded-lg bg-sunken px-4 py-3 text-left font-mono text-sm">
          {command}
        </pre>
      )}
    </div>
  );
}
