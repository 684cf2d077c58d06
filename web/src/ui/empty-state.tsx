import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  /** A command to try, shown as it is typed. */
  command?: string;
  /** Whether it is all that the page has. */
  alone?: boolean;
}

/** Nothing is here yet: why, and what to do about it. */
export function EmptyState({ title, children, command, alone = false }: Props) {
  const Heading = alone ? "h1" : "h2";
  return (
    <div className="mx-auto max-w-md px-6 py-16 text-center text-balance">
      <Heading className="text-lg font-semibold">{title}</Heading>
      {children !== undefined && <div className="mt-2 text-muted">{children}</div>}
      {command !== undefined && (
        <pre className="mt-5 rounded-lg break-words whitespace-pre-wrap bg-sunken px-4 py-3 text-left font-mono text-sm">
          {command}
        </pre>
      )}
    </div>
  );
}
