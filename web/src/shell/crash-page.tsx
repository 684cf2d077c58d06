import { useRouteError } from "react-router";
import { useDocumentTitle } from "../ui/document-title";
import { EmptyState } from "../ui/empty-state";
import { UnloadedError, UnloadedPage } from "./unloaded-page";

const TITLE = "This page has a fault";

/** In the place of a page that cannot be shown. */
export function CrashPage() {
  const error = useRouteError();
  return error instanceof UnloadedError ? <UnloadedPage /> : <Crash error={error} />;
}

/** A fault of this page itself: what was going on at the server is not touched by it. */
function Crash({ error }: { error: unknown }) {
  useDocumentTitle(TITLE);
  return (
    <EmptyState alone title={TITLE}>
      <p>{error instanceof Error ? error.message : "It cannot be shown."}</p>
      <p className="mt-4">
        <a href={window.location.href} className="text-accent underline">
          Load it again
        </a>
        {" or see "}
        <a href="/tasks" className="text-accent underline">
          all tasks
        </a>
      </p>
    </EmptyState>
  );
}
