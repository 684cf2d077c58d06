import type { ReactNode } from "react";
import { Notice } from "./notice";
import { Panel } from "./panel";
import { SkeletonRows } from "./skeleton";
import { told } from "./told";

interface Props<T> {
  query: { data: T[] | undefined; error: Error | null };
  empty: ReactNode;
  title?: string;
  children: (items: T[]) => ReactNode;
}

/** A list that is asked for: where it will be, what it is, that it is empty, or why it is not there. */
export function Listed<T>({ query, empty, title, children }: Props<T>) {
  const { data, error } = query;
  if (data === undefined && error !== null)
    return <Notice tone="bad">{told(error.message)}</Notice>;
  return (
    <Panel {...(title === undefined ? {} : { title })}>
      {data === undefined ? (
        <SkeletonRows count={4} />
      ) : data.length === 0 ? (
        empty
      ) : (
        <ul className="divide-y divide-line">{children(data)}</ul>
      )}
    </Panel>
  );
}
