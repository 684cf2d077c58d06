import type { ReactNode } from "react";
import { useDocumentTitle } from "../../ui/document-title";

/** What the pages before sign-in look like. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  // The product is named behind it.
  useDocumentTitle(title.replace(/ to Tasktrail$/, ""));
  return (
    <main className="flex min-h-screen items-center justify-center px-4 py-12">
      <div className="w-full max-w-sm">
        <img src="/icon.svg" alt="" width={40} height={40} />
        <h1 className="mt-5 mb-6 text-2xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
    </main>
  );
}
