import { type Project, useGrants } from "../../api/projects";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { GrantRow } from "./grant-row";
import { NewGrantForm } from "./new-grant-form";

interface Props {
  project: Project;
  /** Whether the reader may grant and take back. */
  manages: boolean;
}

/** Who may do what in a project. */
export function Grants({ project, manages }: Props) {
  const grants = useGrants(project.id);
  return (
    <div className="flex flex-col gap-6">
      <p className="max-w-2xl text-muted">
        Who has access to this project sees its tasks. Owners and admins of the organization need no
        entry here.
      </p>
      {manages && <NewGrantForm project={project} />}
      <Listed
        title="Access"
        query={grants}
        empty={
          <EmptyState title="Nobody was given this project">
            Only owners and admins see its tasks{manages ? " until you give it to somebody" : ""}.
          </EmptyState>
        }
      >
        {(all) =>
          all.map((one) => (
            <GrantRow key={one.id} project={project} grant={one} manages={manages} />
          ))
        }
      </Listed>
    </div>
  );
}
