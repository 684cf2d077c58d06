import { UsersRound } from "lucide-react";
import { useState } from "react";
import { useOwn } from "../../access/own";
import { useCreateTeam, useTeams } from "../../api/teams";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { NameDialog } from "../../ui/name-dialog";
import { PageTitle } from "../../ui/page-title";
import { toast } from "../../ui/toast";
import { TeamRow } from "./team-row";

export function TeamListPage() {
  const { allows } = useOwn();
  const teams = useTeams();
  const [creating, setCreating] = useState(false);
  const manages = allows("team:manage");
  return (
    <>
      <PageTitle title="Teams">
        {manages && (
          <Button
            look="primary"
            onClick={() => {
              setCreating(true);
            }}
          >
            <UsersRound size={16} aria-hidden /> New team
          </Button>
        )}
      </PageTitle>
      <Listed
        query={teams}
        empty={
          <EmptyState title="No team yet">
            A team is given a project once, and all who are in it have it.
            {!manages && " Owners and admins make teams."}
          </EmptyState>
        }
      >
        {(all) => all.map((one) => <TeamRow key={one.id} team={one} manages={manages} />)}
      </Listed>
      {creating && (
        <NewTeam
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </>
  );
}

function NewTeam({ onClose }: { onClose: () => void }) {
  const create = useCreateTeam();
  const mutate = (name: string) => {
    create.mutate(name, {
      onSuccess: ({ taskId }) => {
        toast(`The team ${name} was made.`, taskId);
        onClose();
      },
    });
  };
  return (
    <NameDialog
      title="New team"
      action="Make team"
      hint="Its members come next."
      change={{ ...create, mutate }}
      onClose={onClose}
    />
  );
}
