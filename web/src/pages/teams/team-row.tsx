import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Team } from "../../api/teams";
import { Button } from "../../ui/button";
import { RemoveTeam, RenameTeam } from "./team-changes";
import { TeamPeople } from "./team-people";

interface Props {
  team: Team;
  manages: boolean;
}

export function TeamRow({ team, manages }: Props) {
  const [asking, setAsking] = useState<"name" | "removal" | null>(null);
  const close = () => {
    setAsking(null);
  };
  return (
    <li className="px-5 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="min-w-0 flex-1 font-medium break-words">{team.name}</h2>
        {manages && (
          <>
            <Button
              look="quiet"
              className="px-2.5"
              aria-label={`Rename ${team.name}`}
              onClick={() => {
                setAsking("name");
              }}
            >
              <Pencil size={16} aria-hidden />
            </Button>
            <Button
              look="quiet"
              className="px-2.5"
              aria-label={`Remove ${team.name}`}
              onClick={() => {
                setAsking("removal");
              }}
            >
              <Trash2 size={16} aria-hidden />
            </Button>
          </>
        )}
      </div>
      <TeamPeople team={team} manages={manages} />
      {asking === "name" && <RenameTeam team={team} onClose={close} />}
      {asking === "removal" && <RemoveTeam team={team} onClose={close} />}
    </li>
  );
}
