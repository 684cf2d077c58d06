import { Bot, KeyRound, ShieldCheck } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Key, useRevokeKey } from "../../api/keys";
import { Problem } from "../../api/problem";
import { Button } from "../../ui/button";
import { Confirmation } from "../../ui/confirmation";
import { Tag } from "../../ui/tag";
import { Moment } from "../../ui/time";
import { toast } from "../../ui/toast";
import { type KeyState, shortened } from "./key-state";

const ICONS = { user: KeyRound, robot: Bot, superadmin: ShieldCheck } as const;
const TONES = { active: "good", expired: "plain", revoked: "plain" } as const;

interface Props {
  apiKey: Key;
  state: KeyState;
}

export function KeyRow({ apiKey, state }: Props) {
  const [revoking, setRevoking] = useState(false);
  const Icon = ICONS[apiKey.kind];
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-2 px-5 py-3.5">
      <Icon size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium break-words">{apiKey.name}</p>
        <p className="text-xs break-words text-muted">
          <code className="font-mono">{shortened(apiKey)}</code> · {actsAs(apiKey)}
        </p>
      </div>
      <Tag tone={TONES[state]}>{state}</Tag>
      <Times apiKey={apiKey} />
      <div className="flex w-24 justify-end">
        {state === "active" && (
          <Button
            aria-label={`Revoke ${apiKey.name}`}
            onClick={() => {
              setRevoking(true);
            }}
          >
            Revoke
          </Button>
        )}
      </div>
      {revoking && (
        <Revocation
          apiKey={apiKey}
          onClose={() => {
            setRevoking(false);
          }}
        />
      )}
    </li>
  );
}

function actsAs(key: Key): string {
  if (key.kind === "robot")
    return `acts as the automation, made by ${key.userName ?? "the operator"}`;
  if (key.kind === "superadmin") return "acts as Superadmin";
  return `acts as ${key.userName ?? "nobody"}`;
}

function Times({ apiKey }: { apiKey: Key }) {
  return (
    <dl className="grid w-full grid-cols-3 gap-x-4 text-sm sm:w-80">
      <Time label="Made">
        <Moment at={apiKey.createdAt} />
      </Time>
      <Time label="Last used">
        {apiKey.lastUsedAt === null ? "never" : <Moment at={apiKey.lastUsedAt} />}
      </Time>
      {apiKey.revokedAt === null ? (
        <Time label="Expires">
          {apiKey.expiresAt === null ? "never" : <Moment ahead at={apiKey.expiresAt} />}
        </Time>
      ) : (
        <Time label="Revoked">
          <Moment at={apiKey.revokedAt} />
        </Time>
      )}
    </dl>
  );
}

function Time({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="truncate">{children}</dd>
    </div>
  );
}

function Revocation({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const revoke = useRevokeKey(apiKey.id);
  const mutate = () => {
    revoke.mutate(undefined, {
      onSuccess: ({ taskId }) => {
        toast(`The key ${apiKey.name} was revoked.`, taskId);
        onClose();
      },
      onError: (error) => {
        if (!(error instanceof Problem && error.conflict)) return;
        // Somebody else was quicker: what is asked for is so.
        toast(`The key ${apiKey.name} was revoked already.`);
        onClose();
      },
    });
  };
  return (
    <Confirmation
      title={`Revoke ${apiKey.name}?`}
      action="Revoke key"
      change={{ ...revoke, mutate }}
      onClose={onClose}
    >
      <p>
        Whatever uses <code className="font-mono">{shortened(apiKey)}</code> is refused from that
        moment on. A revoked key never works again; what it has started goes on.
      </p>
    </Confirmation>
  );
}
