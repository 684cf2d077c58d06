import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useOwn } from "../../access/own";
import { EVERY_DEFINITION, type SupportGrant, type SupportWork } from "../../api/support";
import { Button } from "../../ui/button";
import { classNames } from "../../ui/class-names";
import { Tag } from "../../ui/tag";
import { Moment } from "../../ui/time";
import { CloseSupport } from "./close-support";
import { endOf, type GrantState } from "./grant-state";
import { SupportTasks } from "./support-tasks";

const TONES = { open: "warn", expired: "plain", closed: "plain" } as const;

interface Props {
  grant: SupportGrant;
  state: GrantState;
}

export function GrantRow({ grant, state }: Props) {
  const { allows } = useOwn();
  const [closing, setClosing] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  return (
    <li className="px-5 py-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <p className="flex flex-wrap items-center gap-1.5">
            <Tag tone={TONES[state]}>{state}</Tag>
            <Definitions names={grant.definitions} />
          </p>
          <p className="mt-2 break-words">{grant.reason}</p>
          <Story grant={grant} state={state} />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            look="quiet"
            aria-expanded={unfolded}
            onClick={() => {
              setUnfolded(!unfolded);
            }}
          >
            What support did
            <ChevronDown
              size={15}
              aria-hidden
              className={classNames("transition-transform", unfolded && "rotate-180")}
            />
          </Button>
          {state === "open" && allows("support:manage") && (
            <Button
              look="danger"
              onClick={() => {
                setClosing(true);
              }}
            >
              Close access
            </Button>
          )}
        </div>
      </div>
      {unfolded && (
        <div className="mt-4">
          <SupportTasks work={workUnder(grant)} />
        </div>
      )}
      {closing && (
        <CloseSupport
          grant={grant}
          onClose={() => {
            setClosing(false);
          }}
        />
      )}
    </li>
  );
}

function Definitions({ names }: { names: readonly string[] }) {
  if (names.includes(EVERY_DEFINITION)) return <Tag tone="warn">every definition</Tag>;
  return names.map((name) => <Tag key={name}>{name}</Tag>);
}

function Story({ grant, state }: Props) {
  return (
    <p className="mt-1 text-sm text-muted">
      Opened by {grant.openedBy.name} <Moment at={grant.openedAt} />
      {" · "}
      {state === "closed" ? (
        <>
          closed{grant.closedBy !== null && ` by ${grant.closedBy.name}`}{" "}
          <Moment at={endOf(grant)} />
        </>
      ) : (
        <>
          {state === "open" ? "ends" : "ended"} <Moment ahead at={grant.expiresAt} />
        </>
      )}
    </p>
  );
}

function workUnder(grant: SupportGrant): SupportWork {
  const times = { createdAfter: grant.openedAt, until: endOf(grant) };
  return grant.definitions.includes(EVERY_DEFINITION)
    ? times
    : { ...times, names: grant.definitions };
}
