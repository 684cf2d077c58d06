import { useState } from "react";
import { useOpenSupport } from "../../api/support";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { InputField } from "../../ui/input-field";
import { after, momentOf, type Span, SPANS } from "../../ui/later";
import { SelectField } from "../../ui/select-field";
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
  const [lasting, setLasting] = useState<Span | "until">("four-hours");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const [wanting, setWanting] = useState<Wanting>({});
  const submit = () => {
    const expiresAt = lasting === "until" ? momentOf(until) : after(lasting, Date.now());
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
          <SelectField
            label="For how long"
            value={lasting}
            problem={lasting === "until" ? undefined : at("expiresAt")}
            hint="It closes by itself then. You can close it before."
            onChange={(event) => {
              setLasting(event.target.value as Span | "until");
            }}
          >
            {LASTING.map((span) => (
              <option key={span} value={span}>
                {SPANS[span].text}
              </option>
            ))}
            <option value="until">Until a time…</option>
          </SelectField>
          {lasting === "until" && (
            <InputField
              label="Until"
              type="datetime-local"
              hint="At most 30 days from now."
              value={until}
              problem={at("expiresAt")}
              onChange={(event) => {
                setUntil(event.target.value);
              }}
            />
          )}
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
