import { PageTitle } from "../../ui/page-title";

export function TaskListPage() {
  return <PageTitle title="Tasks" />;
}
