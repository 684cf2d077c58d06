import { Link, useLocation } from "react-router";
import { goToOrganization } from "../api/chosen-organization";
import { useSession } from "../api/session";
import { Button } from "../ui/button";
import { useDocumentTitle } from "../ui/document-title";
import { EmptyState } from "../ui/empty-state";

const TITLE = "There is nothing here";

export function NotFoundPage() {
  useDocumentTitle(TITLE);
  return (
    <EmptyState alone title={TITLE}>
      Or nothing that you may see.{" "}
      <Link to="/tasks" className="text-accent underline">
        All tasks
      </Link>
      <Elsewhere />
    </EmptyState>
  );
}

/** A link that somebody was sent may be about another organization than the one that is shown. */
function Elsewhere() {
  const session = useSession().data;
  const { pathname, search } = useLocation();
  const others = session?.organizations.filter((one) => one.id !== session.orgId) ?? [];
  if (others.length === 0) return null;
  return (
    <div className="mt-6 flex flex-wrap justify-center gap-2">
      {others.map((one) => (
        <Button
          key={one.id}
          onClick={() => {
            goToOrganization(one.id, pathname + search);
          }}
        >
          Look in {one.name}
        </Button>
      ))}
    </div>
  );
}
