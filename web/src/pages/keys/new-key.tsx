import { useState } from "react";
import { useOwn } from "../../access/own";
import { useCreateKey } from "../../api/keys";
import { serverNow } from "../../api/server-time";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { InputField } from "../../ui/input-field";
import { LastingField } from "../../ui/lasting-field";
import { endOf, type Lasting, type Span } from "../../ui/later";
import { SelectField } from "../../ui/select-field";
import { ShownOnce } from "../../ui/shown-once";
import { problemAt, problemBeside } from "../../ui/told";
import { toast } from "../../ui/toast";

const LASTING: readonly Span[] = ["month", "quarter", "year"];
const FIELDS = ["name", "kind", "expiresAt"];

/** Makes a key, and shows it this once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const create = useCreateKey();
  if (create.data !== undefined) return <Made secret={create.data.key} onClose={onClose} />;
  return (
    <Dialog title="New API key" onClose={onClose}>
      <KeyForm create={create} onClose={onClose} />
    </Dialog>
  );
}

interface FormProps {
  create: ReturnType<typeof useCreateKey>;
  onClose: () => void;
}

function KeyForm({ create, onClose }: FormProps) {
  const { allows } = useOwn();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"user" | "robot">("user");
  const [lasting, setLasting] = useState<Lasting>({ span: "quarter", until: "" });
  const [unclear, setUnclear] = useState(false);
  const submit = () => {
    const moment = endOf(lasting, serverNow());
    setUnclear(moment === undefined);
    if (moment === undefined) return;
    create.mutate(
      { name: name.trim(), kind, expiresAt: moment },
      {
        onSuccess: ({ taskId }) => {
          toast(`The key ${name.trim()} was made.`, taskId);
        },
      },
    );
  };
  return (
    <Form
      action="Make key"
      busy={create.isPending}
      problem={problemBeside(create.error, FIELDS)}
      onCancel={onClose}
      onSubmit={submit}
    >
      <InputField
        label="Name"
        hint="Where it will be used, such as “laptop” or “nightly backups”."
        value={name}
        problem={problemAt(create.error, "name")}
        onChange={(event) => {
          setName(event.target.value);
        }}
      />
      {allows("key:manage") && (
        <SelectField
          label="Acts as"
          value={kind}
          hint={
            kind === "user"
              ? "It may what you may, and its tasks are by you."
              : "For other systems: its tasks are by the automation of the platform."
          }
          problem={problemAt(create.error, "kind")}
          onChange={(event) => {
            setKind(event.target.value as "user" | "robot");
          }}
        >
          <option value="user">you</option>
          <option value="robot">automation (robot)</option>
        </SelectField>
      )}
      <LastingField
        label="Works for"
        spans={LASTING}
        never="As long as it is not revoked"
        untilLabel="Works until"
        lasting={lasting}
        problem={
          unclear && lasting.span === "until"
            ? "Choose the day and the time."
            : problemAt(create.error, "expiresAt")
        }
        onChange={setLasting}
      />
    </Form>
  );
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }) {
  const setting = `export TASKTRAIL_URL=${window.location.origin}\nexport TASKTRAIL_API_KEY=tt_…\ntasktrail task list`;
  return (
    <Dialog stays title="Your new API key" onClose={onClose}>
      <div className="flex flex-col gap-4 text-sm">
        <p>
          Copy it now: it is <strong>shown only this once</strong>, and kept nowhere.
        </p>
        <ShownOnce value={secret} what="the key" />
        <p className="text-muted">
          Programs send it in the header <code className="font-mono">X-API-KEY</code>. The command
          line takes it from the environment:
        </p>
        <pre
          tabIndex={0}
          aria-label="How the command line takes the key"
          className="overflow-x-auto rounded-lg bg-sunken px-4 py-3 font-mono text-xs"
        >
          {setting}
        </pre>
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            I have it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
