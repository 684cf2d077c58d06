import { useProjects } from "../../api/projects";
import { Select } from "../../ui/select";
import { type Scope, SCOPES, type TaskFilter } from "./task-filter";

interface Props {
  filter: TaskFilter;
  change: (change: Partial<TaskFilter>) => void;
}

const SEVERAL = "several";

/** Where the tasks belong: to the organization, or to which project. */
export function PlaceSelect({ filter, change }: Props) {
  const projects = useProjects();
  const [first, ...others] = filter.projectIds;
  const named = Object.fromEntries(
    (projects.data ?? []).map((one) => [`project ${String(one.id)}`, one.name]),
  );
  const chosen =
    first === undefined ? filter.scope : others.length > 0 ? SEVERAL : `project ${first}`;
  const choices: Record<string, string> = { ...SCOPES, ...named };
  // One that is not known here, or not yet, is still what the list is narrowed down to.
  choices[chosen] ??= chosen === SEVERAL ? "Several projects" : `Project ${String(first)}`;
  return (
    <Select
      label="Where"
      value={chosen}
      choices={choices}
      onChoose={(value) => {
        const id = /^project (\d+)$/.exec(value)?.[1];
        if (id !== undefined) change({ scope: "all", projectIds: [id] });
        else if (value !== SEVERAL) change({ scope: value as Scope, projectIds: [] });
      }}
    />
  );
}
