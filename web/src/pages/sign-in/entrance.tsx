import type { ReactNode } from "react";

/** What the pages before sign-in look like. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
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
