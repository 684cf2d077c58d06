import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useMembers } from "../../api/members";
import { type Team, useAddToTeam, useTakeFromTeam } from "../../api/teams";
import { Button } from "../../ui/button";
import { Chevron } from "../../ui/chevron";
import { Notice } from "../../ui/notice";
import { toast } from "../../ui/toast";
import { told } from "../../ui/told";

interface Props {
  team: Team;
  manages: boolean;
}

/** Who is in a team; who manages it puts people in and takes them out. */
export function TeamPeople({ team, manages }: Props) {
  const take = useTakeFromTeam(team.id);
  return (
    <div className="mt-2 flex flex-col gap-2">
      <ul aria-label={`Members of ${team.name}`} className="flex flex-wrap items-center gap-2">
        {team.members.map((one) => (
          <li
            key={one.userId}
            className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full bg-idle-soft pl-3 text-sm last:pr-0"
          >
            <span className="min-w-0 truncate pr-2">{one.name}</span>
            {manages && (
              <button
                type="button"
                aria-label={`Take ${one.name} out of ${team.name}`}
                disabled={take.isPending}
                className="-ml-2 rounded-full p-2 text-muted hover:text-bad"
                onClick={() => {
                  take.mutate(one.userId, {
                    onSuccess: ({ taskId }) => {
                      toast(`${one.name} is not in ${team.name} any more.`, taskId);
                    },
                  });
                }}
              >
                <X size={14} aria-hidden />
              </button>
            )}
          </li>
        ))}
        {team.members.length === 0 && <li className="text-sm text-muted">Nobody is in it yet.</li>}
        {manages && (
          <li>
            <AddPerson team={team} />
          </li>
        )}
      </ul>
      {take.error !== null && <Notice tone="bad">{told(take.error.message)}</Notice>}
    </div>
  );
}

function AddPerson({ team }: { team: Team }) {
  const members = useMembers().data ?? [];
  const add = useAddToTeam(team.id);
  const [chosen, setChosen] = useState("");
  const others = members.filter((one) => !team.members.some((two) => two.userId === one.userId));
  const person = others.find((one) => String(one.userId) === chosen);
  if (others.length === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (person === undefined) return;
    add.mutate(person.userId, {
      onSuccess: ({ taskId }) => {
        toast(`${person.name} is in ${team.name} now.`, taskId);
        setChosen("");
      },
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <Chevron>
        <select
          aria-label={`Add somebody to ${team.name}`}
          value={chosen}
          className="min-h-8 max-w-52 rounded-full border border-dashed border-line-strong w-full appearance-none bg-surface pr-8 pl-3 text-sm text-muted"
          onChange={(event) => {
            setChosen(event.target.value);
          }}
        >
          <option value="">Add somebody…</option>
          {others.map((one) => (
            <option key={one.userId} value={one.userId}>
              {one.name} ({one.email})
            </option>
          ))}
        </select>
      </Chevron>
      {person !== undefined && (
        <Button type="submit" look="primary" className="min-h-8" busy={add.isPending}>
          Add
        </Button>
      )}
      {add.error !== null && <Notice tone="bad">{told(add.error.message)}</Notice>}
    </form>
  );
}
