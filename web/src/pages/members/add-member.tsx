import { useState } from "react";
import { useOwn } from "../../access/own";
import { rolesToGive } from "../../access/rights";
import { useAddMember } from "../../api/members";
import type { Role } from "../../api/session";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { InputField } from "../../ui/input-field";
import { problemAt, problemBeside } from "../../ui/told";
import { toast } from "../../ui/toast";
import { LinkToHandOver } from "./link-to-hand-over";
import { RolePicker } from "./role-picker";

const FIELDS = ["email", "name", "role"];

/** Lets somebody in; who is new here gets a link to set a password. */
export function AddMember({ onClose }: { onClose: () => void }) {
  const { organization } = useOwn();
  const add = useAddMember();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("member");
  const submit = () => {
    add.mutate(
      { email: email.trim(), name: name.trim(), role },
      {
        onSuccess: ({ link, taskId }) => {
          toast(`${name.trim()} was added.`, taskId);
          if (link === null) onClose();
        },
      },
    );
  };
  const link = add.data?.link ?? null;
  if (link !== null) {
    return (
      <Dialog stays title={`${name} was added`} onClose={onClose}>
        <LinkToHandOver name={name} link={link} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Add member" onClose={onClose}>
      <Form
        action="Add member"
        busy={add.isPending}
        problem={problemBeside(add.error, FIELDS, true)}
        onCancel={onClose}
        onSubmit={submit}
      >
        <InputField
          label="Email"
          type="email"
          autoComplete="off"
          value={email}
          problem={problemAt(add.error, "email", true)}
          onChange={(event) => {
            setEmail(event.target.value);
          }}
        />
        <InputField
          label="Name"
          autoComplete="off"
          hint="As it stands in the list of tasks. Who is known here already keeps their name."
          value={name}
          problem={problemAt(add.error, "name")}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <RolePicker
          role={role}
          given={rolesToGive(organization.role)}
          problem={problemAt(add.error, "role")}
          onChoose={setRole}
        />
      </Form>
    </Dialog>
  );
}
