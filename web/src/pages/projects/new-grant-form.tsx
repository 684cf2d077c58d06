import { type FormEvent, useState } from "react";
import { useMembers } from "../../api/members";
import { type NewGrant, type Project, type ProjectRole, useGrant } from "../../api/projects";
import { useTeams } from "../../api/teams";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { SelectField } from "../../ui/select-field";
import { toast } from "../../ui/toast";
import { problemAt, problemBeside } from "../../ui/told";
import { PROJECT_ROLES, rolesFor } from "./project-roles";

/** Gives a project to a person or a team. */
export function NewGrantForm({ project }: { project: Project }) {
  const members = useMembers().data ?? [];
  const teams = useTeams().data ?? [];
  const grant = useGrant(project.id);
  const [holder, setHolder] = useState("");
  const [role, setRole] = useState<ProjectRole>("write");
  const [missing, setMissing] = useState(false);
  const isTeam = holder.startsWith("team-");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(holder === "");
    const given = toGrant(holder, role);
    if (given === null) return;
    grant.mutate(given, {
      onSuccess: ({ taskId }) => {
        toast(`${project.name} was given with ${role}.`, taskId);
        setHolder("");
      },
    });
  };
  const problem = problemBeside(grant.error, ["userId", "teamId", "role"]);
  return (
    <form
      noValidate
      onSubmit={submit}
      aria-label="Give access"
      className="flex max-w-3xl flex-wrap items-start gap-3"
    >
      <SelectField
        className="min-w-48 flex-1"
        label="Give access to"
        value={holder}
        problem={
          missing && holder === ""
            ? "Choose somebody."
            : (problemAt(grant.error, "userId") ?? problemAt(grant.error, "teamId"))
        }
        onChange={(event) => {
          setHolder(event.target.value);
          if (event.target.value.startsWith("team-") && role === "admin") setRole("write");
        }}
      >
        <option value="">Choose a person or a team</option>
        {teams.length > 0 && (
          <optgroup label="Teams">
            {teams.map((one) => (
              <option key={one.id} value={`team-${String(one.id)}`}>
                {one.name}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="People">
          {members
            .filter((one) => one.role === "member")
            .map((one) => (
              <option key={one.userId} value={`user-${String(one.userId)}`}>
                {one.name} ({one.email})
              </option>
            ))}
        </optgroup>
      </SelectField>
      <SelectField
        className="w-40"
        label="Role"
        value={role}
        hint={PROJECT_ROLES[role]}
        problem={problemAt(grant.error, "role")}
        onChange={(event) => {
          setRole(event.target.value as ProjectRole);
        }}
      >
        {rolesFor(isTeam).map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </SelectField>
      <Button
        type="submit"
        look="primary"
        busy={grant.isPending}
        className="mt-[1.625rem] min-h-10"
      >
        Give access
      </Button>
      {problem !== undefined && (
        <div className="w-full">
          <Notice tone="bad">{problem}</Notice>
        </div>
      )}
    </form>
  );
}

function toGrant(holder: string, role: ProjectRole): NewGrant | null {
  const [kind, id] = holder.split("-");
  if (id === undefined) return null;
  return kind === "team" ? { teamId: Number(id), role } : { userId: Number(id), role };
}
