import { useState } from "react";
import { useOwn } from "../../access/own";
import { useDefinitions } from "../../api/definitions";
import { useChangeOrganization, useOrganization } from "../../api/organizations";
import { Button } from "../../ui/button";
import { Coded } from "../../ui/coded";
import { Confirmation } from "../../ui/confirmation";
import { Tag } from "../../ui/tag";
import { toast } from "../../ui/toast";

/** Whether definitions with `support: true` are open to support without being opened. */
export function SupportDefault() {
  const own = useOwn();
  const organization = useOrganization(own.organization.id).data;
  const definitions = useDefinitions().data?.items.filter((one) => one.support) ?? [];
  const [asking, setAsking] = useState(false);
  if (organization === undefined) return null;
  const on = organization.supportDefault;
  return (
    <section className="flex flex-wrap items-start justify-between gap-4 rounded-xl border border-line bg-surface p-5 shadow-(--shadow)">
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="flex flex-wrap items-center gap-2 font-semibold">
          Open by default <Tag tone={on ? "warn" : "plain"}>{on ? "on" : "off"}</Tag>
        </h2>
        <p className="mt-1 text-sm text-muted">
          {on
            ? "Definitions that say so are open to support at any time:"
            : "Nothing is open to support until you open it. These definitions would be:"}
        </p>
        <p className="mt-2 flex flex-wrap gap-1.5">
          {definitions.map((one) => (
            <Tag key={one.name}>{one.name}</Tag>
          ))}
          {definitions.length === 0 && (
            <span className="text-sm text-muted">
              <Coded text="none of your definitions has `support: true`" />
            </span>
          )}
        </p>
      </div>
      {own.allows("support:manage") && (
        <Button
          onClick={() => {
            setAsking(true);
          }}
        >
          Turn {on ? "off" : "on"}
        </Button>
      )}
      {asking && (
        <Change
          on={on}
          organizationId={organization.id}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </section>
  );
}

function Change({
  on,
  organizationId,
  onClose,
}: {
  on: boolean;
  organizationId: number;
  onClose: () => void;
}) {
  const change = useChangeOrganization(organizationId);
  const mutate = () => {
    change.mutate(
      { supportDefault: !on },
      {
        onSuccess: ({ taskId }) => {
          toast(`Open by default is ${on ? "off" : "on"} now.`, taskId);
          onClose();
        },
      },
    );
  };
  return (
    <Confirmation
      title={on ? "Close what is open by default?" : "Open definitions by default?"}
      action={on ? "Turn off" : "Turn on"}
      change={{ ...change, mutate }}
      onClose={onClose}
    >
      {on ? (
        <p>
          Support runs nothing any more but what you open. What it has running only because of the
          default is canceled.
        </p>
      ) : (
        <p>
          <Coded text="Support may run all definitions that say `support: true`, until you turn it off again." />
        </p>
      )}
    </Confirmation>
  );
}
