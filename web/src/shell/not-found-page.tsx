import { Link } from "react-router";
import { EmptyState } from "../ui/empty-state";

export function NotFoundPage() {
  return (
    <EmptyState alone title="There is nothing here">
      Or nothing that you may see.{" "}
      <Link to="/tasks" className="text-accent underline">
        All tasks
      </Link>
    </EmptyState>
  );
}
