import type { ReactNode } from "react";
import { useDocumentTitle } from "./document-title";

interface Props {
  title: string;
  children?: ReactNode;
}

/** The heading of a page, with its actions; also the title of the browser's tab. */
export function PageTitle({ title, children }: Props) {
  useDocumentTitle(title);
  return (
    <div className="mb-6 flex min-h-10 flex-wrap items-center justify-between gap-3">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {children !== undefined && (
        <div className="flex flex-wrap items-center gap-2">{children}</div>
      )}
    </div>
  );
}
