import { Trash2, User, UsersRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import {
  type Grant,
  type Project,
  type ProjectRole,
  useGrant,
  useRevokeGrant,
} from "../../api/projects";
import { Button } from "../../ui/button";
import { Chevron } from "../../ui/chevron";
import { Confirmation } from "../../ui/confirmation";
import { Notice } from "../../ui/notice";
import { Tag } from "../../ui/tag";
import { toast } from "../../ui/toast";
import { problemAt, problemBeside } from "../../ui/told";
import { PROJECT_ROLES, rolesFor } from "./project-roles";

interface Props {
  project: Project;
  grant: Grant;
  /** Whether the reader may change it and take it back. */
  manages: boolean;
}

/** Who has a project, and as what. */
export function GrantRow({ project, grant, manages }: Props) {
  const [taking, setTaking] = useState(false);
  const Icon = grant.teamId === null ? User : UsersRound;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <Icon
        size={18}
        aria-label={grant.teamId === null ? "Person" : "Team"}
        className="text-muted"
      />
      <span className="min-w-0 flex-1 font-medium break-words">{grant.name}</span>
      {manages ? (
        <>
          <RoleSelect project={project} grant={grant} />
          <Button
            look="quiet"
            aria-label={`Take the project back from ${grant.name}`}
            onClick={() => {
              setTaking(true);
            }}
          >
            <Trash2 size={16} aria-hidden />
          </Button>
        </>
      ) : (
        <Tag>{grant.role}</Tag>
      )}
      {taking && (
        <TakeBack
          project={project}
          grant={grant}
          onClose={() => {
            setTaking(false);
          }}
        />
      )}
    </li>
  );
}

/** Saved by a button: a choice by arrow keys must not grant what it only passes over. */
function RoleSelect({ project, grant }: Omit<Props, "manages">) {
  const change = useGrant(project.id);
  const [role, setRole] = useState(grant.role);
  const holder = grant.teamId === null ? { userId: grant.userId ?? 0 } : { teamId: grant.teamId };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { ...holder, role },
      {
        onSuccess: ({ taskId }) => {
          toast(`${grant.name} has ${role} in ${project.name} now.`, taskId);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      {role !== grant.role && (
        <Button type="submit" look="primary" busy={change.isPending}>
          Save
        </Button>
      )}
      <Chevron>
        <select
          aria-label={`Role of ${grant.name}`}
          value={role}
          onChange={(event) => {
            setRole(event.target.value as ProjectRole);
          }}
          className="min-h-9 min-w-28 rounded-lg border border-line-strong w-full appearance-none bg-surface pr-8 pl-3 text-sm"
        >
          {rolesFor(grant.teamId !== null).map((one) => (
            <option key={one} value={one} title={PROJECT_ROLES[one]}>
              {one}
            </option>
          ))}
        </select>
      </Chevron>
      {change.error !== null && (
        <Notice tone="bad">
          {problemAt(change.error, "role") ?? problemBeside(change.error, ["role"])}
        </Notice>
      )}
    </form>
  );
}

function TakeBack({
  project,
  grant,
  onClose,
}: {
  project: Project;
  grant: Grant;
  onClose: () => void;
}) {
  const revoke = useRevokeGrant(project.id);
  const mutate = () => {
    revoke.mutate(grant.id, {
      onSuccess: ({ taskId }) => {
        toast(`${grant.name} has no access to ${project.name} by this any more.`, taskId);
        onClose();
      },
    });
  };
  return (
    <Confirmation
      title={`Take ${project.name} back from ${grant.name}?`}
      action="Take it back"
      change={{ ...revoke, mutate }}
      onClose={onClose}
    >
      <p>
        It holds at once: tasks of the project are not seen any more, and those that have not
        started yet do not start.
      </p>
    </Confirmation>
  );
}
