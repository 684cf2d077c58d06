import type { ReactNode } from "react";
import { Dialog } from "./dialog";
import { Form } from "./form";
import { told } from "./told";

interface Props {
  title: string;
  /** What will be so afterwards. */
  children: ReactNode;
  action: string;
  change: { mutate: () => void; isPending: boolean; error: Error | null };
  onClose: () => void;
}

/** Asks before something is taken away. */
export function Confirmation({ title, children, action, change, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        danger
        action={action}
        busy={change.isPending}
        problem={change.error === null ? undefined : told(change.error.message)}
        onCancel={onClose}
        onSubmit={change.mutate}
      >
        <div className="flex flex-col gap-3 text-sm text-muted">{children}</div>
      </Form>
    </Dialog>
  );
}
