import { useState } from "react";
import { Dialog } from "./dialog";
import { Form } from "./form";
import { InputField } from "./input-field";
import { problemAt, problemBeside } from "./told";

interface Props {
  title: string;
  action: string;
  hint?: string;
  name?: string;
  change: { mutate: (name: string) => void; isPending: boolean; error: Error | null };
  onClose: () => void;
}

/** Asks what something is to be called. */
export function NameDialog({ title, action, hint, name = "", change, onClose }: Props) {
  const [typed, setTyped] = useState(name);
  const [missing, setMissing] = useState(false);
  const submit = () => {
    setMissing(typed.trim() === "");
    if (typed.trim() !== "") change.mutate(typed.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        action={action}
        busy={change.isPending}
        problem={problemBeside(change.error, ["name"], true)}
        onCancel={onClose}
        onSubmit={submit}
      >
        <InputField
          label="Name"
          maxLength={200}
          hint={hint}
          value={typed}
          problem={missing ? "A name is needed." : problemAt(change.error, "name", true)}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
      </Form>
    </Dialog>
  );
}
