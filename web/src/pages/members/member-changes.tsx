import { useState } from "react";
import { type Member, useChangeRole, useMemberLink, useRemoveMember } from "../../api/members";
import type { Role } from "../../api/session";
import { Confirmation } from "../../ui/confirmation";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { problemBeside } from "../../ui/told";
import { toast } from "../../ui/toast";
import { LinkToHandOver } from "./link-to-hand-over";
import { RolePicker } from "./role-picker";

interface Props {
  member: Member;
  onClose: () => void;
}

export function ChangeRole({ member, given, onClose }: Props & { given: readonly Role[] }) {
  const change = useChangeRole(member.userId);
  const [role, setRole] = useState(member.role);
  const submit = () => {
    if (role === member.role) {
      onClose();
      return;
    }
    change.mutate(role, {
      onSuccess: ({ taskId }) => {
        toast(`${member.name} is ${role} now.`, taskId);
        onClose();
      },
    });
  };
  return (
    <Dialog title={`Role of ${member.name}`} onClose={onClose}>
      <Form
        action="Change role"
        busy={change.isPending}
        problem={problemBeside(change.error, [])}
        onCancel={onClose}
        onSubmit={submit}
      >
        <RolePicker role={role} given={given} onChoose={setRole} />
      </Form>
    </Dialog>
  );
}

export function RemoveMember({ member, own, onClose }: Props & { own: boolean }) {
  const remove = useRemoveMember(member.userId);
  const mutate = () => {
    remove.mutate(undefined, {
      onSuccess: ({ taskId }) => {
        toast(`${member.name} was removed.`, taskId);
        onClose();
      },
    });
  };
  return (
    <Confirmation
      title={own ? "Leave this organization?" : `Remove ${member.name}?`}
      action={own ? "Leave" : "Remove"}
      change={{ ...remove, mutate }}
      onClose={onClose}
    >
      <p>
        {own ? "Your" : "Their"} access ends at once: what was granted in person, teams, and API
        keys, which are revoked. Tasks that have not started yet do not start.
      </p>
      <p>The tasks of {own ? "yours" : member.name} stay in the list, with the name.</p>
    </Confirmation>
  );
}

export function MakeLink({ member, onClose }: Props) {
  const make = useMemberLink(member.userId);
  if (make.data !== undefined) {
    return (
      <Dialog stays title={`A link for ${member.name}`} onClose={onClose}>
        <LinkToHandOver name={member.name} link={make.data.link} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={`A new link for ${member.name}?`} onClose={onClose}>
      <Form
        action="Make link"
        busy={make.isPending}
        problem={problemBeside(make.error, [])}
        onCancel={onClose}
        onSubmit={() => {
          make.mutate(undefined);
        }}
      >
        <p className="text-sm text-muted">
          For who has lost a password, or never used the first link. Earlier links of {member.name}{" "}
          stop working. The password that counts now keeps counting until the link is used.
        </p>
      </Form>
    </Dialog>
  );
}
