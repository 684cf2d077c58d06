import { LifeBuoy } from "lucide-react";
import { useState } from "react";
import { useOwn } from "../../access/own";
import { useSupportGrants } from "../../api/support";
import { Button } from "../../ui/button";
import { useNow } from "../../ui/clock";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { PageTitle } from "../../ui/page-title";
import { Explanation } from "./explanation";
import { GrantRow } from "./grant-row";
import { stateOf } from "./grant-state";
import { OpenSupport } from "./open-support";
import { SupportDefault } from "./support-default";
import { SupportTasks } from "./support-tasks";

export function SupportPage() {
  const { allows } = useOwn();
  const [opening, setOpening] = useState(false);
  return (
    <>
      <PageTitle title="Support access">
        {allows("support:manage") && (
          <Button
            look="primary"
            onClick={() => {
              setOpening(true);
            }}
          >
            <LifeBuoy size={16} aria-hidden /> Open access
          </Button>
        )}
      </PageTitle>
      <div className="flex flex-col gap-6">
        <Explanation />
        {allows("support:see") ? (
          <>
            <SupportDefault />
            <Granted />
            <SupportTasks title="What support did lately" />
          </>
        ) : (
          <p className="text-sm text-muted">
            What is open, and what support did in your projects, you see in the list of tasks: tasks
            by support carry a badge. Owners and admins see all of it here.
          </p>
        )}
      </div>
      {opening && (
        <OpenSupport
          onClose={() => {
            setOpening(false);
          }}
        />
      )}
    </>
  );
}

function Granted() {
  const { allows } = useOwn();
  const grants = useSupportGrants();
  const now = useNow();
  return (
    <Listed
      title="Opened access"
      query={grants}
      empty={
        <EmptyState title="Nothing was opened yet">
          {allows("support:manage")
            ? "When support is to help you, open what they need: some definitions, for some hours, with the reason."
            : "Only owners of the organization open access."}
        </EmptyState>
      }
    >
      {(all) => all.map((one) => <GrantRow key={one.id} grant={one} state={stateOf(one, now)} />)}
    </Listed>
  );
}
