import { useState } from "react";
import { serverNow } from "../../api/server-time";
import { useOpenSupport } from "../../api/support";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { LastingField } from "../../ui/lasting-field";
import { endOf, type Lasting, type Span } from "../../ui/later";
import { TextArea } from "../../ui/text-area";
import { problemAt, problemBeside } from "../../ui/told";
import { toast } from "../../ui/toast";
import { DefinitionPicker } from "./definition-picker";

const LASTING: readonly Span[] = ["hour", "four-hours", "day", "week"];
const FIELDS = ["definitions", "reason", "expiresAt"];

interface Wanting {
  definitions?: string;
  reason?: string;
  expiresAt?: string;
}

/** Opens definitions to support, for a time and a reason. */
export function OpenSupport({ onClose }: { onClose: () => void }) {
  const open = useOpenSupport();
  const [definitions, setDefinitions] = useState<readonly string[]>([]);
  const [lasting, setLasting] = useState<Lasting>({ span: "four-hours", until: "" });
  const [reason, setReason] = useState("");
  const [wanting, setWanting] = useState<Wanting>({});
  const submit = () => {
    const expiresAt = endOf(lasting, serverNow()) ?? null;
    const found = missing(definitions, reason, expiresAt);
    setWanting(found);
    if (Object.keys(found).length > 0 || expiresAt === null) return;
    open.mutate(
      { definitions: [...definitions], reason: reason.trim(), expiresAt },
      {
        onSuccess: ({ taskId }) => {
          toast("Access was opened to support.", taskId);
          onClose();
        },
      },
    );
  };
  const at = (field: keyof Wanting) => wanting[field] ?? problemAt(open.error, field);
  return (
    <Dialog title="Open access to support" onClose={onClose} wide>
      <Form
        action="Open access"
        busy={open.isPending}
        problem={problemBeside(open.error, FIELDS)}
        onCancel={onClose}
        onSubmit={submit}
      >
        <DefinitionPicker
          chosen={definitions}
          problem={at("definitions")}
          onChoose={setDefinitions}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <LastingField
            label="For how long"
            hint="It closes by itself then. You can close it before."
            spans={LASTING}
            untilLabel="Until"
            untilHint="At most 30 days from now."
            lasting={lasting}
            problem={
              lasting.span === "until" ? at("expiresAt") : problemAt(open.error, "expiresAt")
            }
            onChange={setLasting}
          />
        </div>
        <TextArea
          label="Reason"
          hint="Support reads it, and so do you, later: what is wrong, and what is to be done."
          maxLength={500}
          value={reason}
          problem={at("reason")}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
      </Form>
    </Dialog>
  );
}

function missing(
  definitions: readonly string[],
  reason: string,
  expiresAt: string | null,
): Wanting {
  const found: Wanting = {};
  if (definitions.length === 0) {
    found.definitions = "Choose at least one definition.";
  }
  if (reason.trim() === "") found.reason = "Say why.";
  if (expiresAt === null) found.expiresAt = "Choose the day and the time.";
  return found;
}
