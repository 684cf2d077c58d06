import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useOwn } from "../../access/own";
import { type Key, useKeys } from "../../api/keys";
import { Button } from "../../ui/button";
import { Checkbox } from "../../ui/checkbox";
import { useNow } from "../../ui/clock";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { PageTitle } from "../../ui/page-title";
import { KeyRow } from "./key-row";
import { stateOf } from "./key-state";
import { NewKey } from "./new-key";

export function KeyListPage() {
  const { allows } = useOwn();
  const keys = useKeys();
  const now = useNow();
  const [creating, setCreating] = useState(false);
  const [all, setAll] = useState(false);
  const usable = (key: Key) => stateOf(key, now) === "active";
  const shown = keys.data?.filter((key) => all || usable(key));
  const hidden = keys.data?.filter((key) => !usable(key)).length ?? 0;
  return (
    <>
      <PageTitle title="API keys">
        <Button
          look="primary"
          onClick={() => {
            setCreating(true);
          }}
        >
          <KeyRound size={16} aria-hidden /> New key
        </Button>
      </PageTitle>
      <p className="mb-6 max-w-2xl text-muted">
        With a key the command line, scripts and other systems work here. A key acts with the rights
        of the person who made it, as they are at that moment, and only in this organization.
        {allows("key:manage") && " As you manage keys, you see those of everybody."}
      </p>
      <Listed query={{ data: shown, error: keys.error }} empty={<Nothing />}>
        {(list) =>
          list.map((key) => <KeyRow key={key.id} apiKey={key} state={stateOf(key, now)} />)
        }
      </Listed>
      {hidden > 0 && (
        <Checkbox
          className="mt-4"
          label={`Show expired and revoked keys (${String(hidden)})`}
          checked={all}
          onChange={(event) => {
            setAll(event.target.checked);
          }}
        />
      )}
      {creating && (
        <NewKey
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </>
  );
}

function Nothing() {
  return (
    <EmptyState
      title="No key yet"
      command={`export TASKTRAIL_URL=${window.location.origin}\nexport TASKTRAIL_API_KEY=tt_…\ntasktrail task list`}
    >
      Make one, and the command line works through this server:
    </EmptyState>
  );
}
