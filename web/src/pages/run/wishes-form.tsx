import type { Project } from "../../api/projects";
import { Checkbox } from "../../ui/checkbox";
import { InputField } from "../../ui/input-field";
import { zoneOf } from "../../ui/later";

/** What is asked for beside the inputs. */
export interface Wishes {
  projectIds: readonly number[];
  force: boolean;
  /** Whether it is to wait for `notBefore`, which is as its field holds it. */
  later: boolean;
  notBefore: string;
}

interface Props {
  wishes: Wishes;
  projects: readonly Project[];
  /** Whether it can only be run in a project that is chosen here. */
  needsProject: boolean;
  /** Whether the server would refuse a task in the project. */
  readOnly: (project: Project) => boolean;
  problems: { projectIds?: string | undefined; notBefore?: string | undefined };
  onChange: (wishes: Wishes) => void;
}

/** Folded away: most tasks need none of it. */
export function WishesForm(props: Props) {
  const { wishes, needsProject, problems, onChange } = props;
  const wished = wishes.projectIds.length > 0 || wishes.force || wishes.later || needsProject;
  return (
    <details
      open={wished || problems.projectIds !== undefined ? true : undefined}
      className="rounded-xl border border-line px-5 py-3 open:pb-5"
    >
      <summary className="cursor-pointer text-sm font-medium">
        Projects, later, and going on after errors
      </summary>
      <div className="mt-4 flex flex-col gap-5">
        <Projects {...props} problem={problems.projectIds} />
        <Checkbox
          label="Not now"
          hint="It waits until a time that you choose."
          checked={wishes.later}
          onChange={(event) => {
            onChange({ ...wishes, later: event.target.checked });
          }}
        />
        {wishes.later && (
          <InputField
            label="Not before"
            type="datetime-local"
            className="max-w-72"
            hint={zoneOf(wishes.notBefore)}
            value={wishes.notBefore}
            problem={problems.notBefore}
            onChange={(event) => {
              onChange({ ...wishes, notBefore: event.target.value });
            }}
          />
        )}
        <Checkbox
          label="Forced"
          hint="Errors of the user become warnings, and it goes on. Errors of the system still end it."
          checked={wishes.force}
          onChange={(event) => {
            onChange({ ...wishes, force: event.target.checked });
          }}
        />
      </div>
    </details>
  );
}

interface ProjectsProps extends Omit<Props, "problems"> {
  problem?: string | undefined;
}

function Projects(props: ProjectsProps) {
  const { wishes, projects, needsProject, readOnly, problem, onChange } = props;
  const chosen = wishes.projectIds;
  const toggle = (id: number) => {
    const projectIds = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    onChange({ ...wishes, projectIds });
  };
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">Projects</legend>
      <p className="text-xs text-muted">
        {needsProject
          ? "You can run it in a project where you may write: choose at least one. "
          : "Beside those that the definition names. "}
        Who has one of them sees the task.
      </p>
      <div className="mt-2 flex max-h-48 flex-wrap gap-x-6 gap-y-2 overflow-y-auto">
        {projects.map((one) => (
          <Checkbox
            key={one.id}
            label={one.name}
            hint={readOnly(one) ? "You may only read there." : undefined}
            disabled={readOnly(one)}
            aria-invalid={problem !== undefined}
            checked={chosen.includes(one.id)}
            onChange={() => {
              toggle(one.id);
            }}
          />
        ))}
        {projects.length === 0 && <p className="text-sm text-muted">There is none yet.</p>}
      </div>
      {problem !== undefined && <p className="mt-1 text-sm text-bad">{problem}</p>}
    </fieldset>
  );
}
