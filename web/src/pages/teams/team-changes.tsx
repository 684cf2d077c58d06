import { type Team, useRemoveTeam, useRenameTeam } from "../../api/teams";
import { Confirmation } from "../../ui/confirmation";
import { NameDialog } from "../../ui/name-dialog";
import { toast } from "../../ui/toast";

interface Props {
  team: Team;
  onClose: () => void;
}

export function RenameTeam({ team, onClose }: Props) {
  const rename = useRenameTeam(team.id);
  const mutate = (name: string) => {
    rename.mutate(name, {
      onSuccess: ({ taskId }) => {
        toast(`${team.name} is called ${name} now.`, taskId);
        onClose();
      },
    });
  };
  return (
    <NameDialog
      title={`Rename ${team.name}`}
      action="Rename"
      name={team.name}
      change={{ ...rename, mutate }}
      onClose={onClose}
    />
  );
}

export function RemoveTeam({ team, onClose }: Props) {
  const remove = useRemoveTeam(team.id);
  const mutate = () => {
    remove.mutate(undefined, {
      onSuccess: ({ taskId }) => {
        toast(`The team ${team.name} was removed.`, taskId);
        onClose();
      },
    });
  };
  return (
    <Confirmation
      title={`Remove the team ${team.name}?`}
      action="Remove team"
      change={{ ...remove, mutate }}
      onClose={onClose}
    >
      <p>
        The projects that it was given are taken back with it, at once. Its members stay members of
        the organization, with what they were given in person.
      </p>
    </Confirmation>
  );
}
