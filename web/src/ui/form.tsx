import type { FormEvent, ReactNode } from "react";
import { Button } from "./button";
import { Coded } from "./coded";
import { Notice } from "./notice";

interface Props {
  onSubmit: () => void;
  onCancel?: (() => void) | undefined;
  /** What the button does, such as "Add member". */
  action: string;
  danger?: boolean;
  busy: boolean;
  /** What is wrong and belongs to no field. */
  problem?: string | undefined;
  children?: ReactNode;
}

/** A form that tells what is wrong itself, in place of the browser. */
export function Form({ onSubmit, onCancel, action, danger, busy, problem, children }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      {problem !== undefined && (
        <Notice tone="bad">
          <Coded text={problem} />
        </Notice>
      )}
      {children}
      <div className="flex flex-wrap justify-end gap-2">
        {onCancel !== undefined && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" look={danger === true ? "danger" : "primary"} busy={busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}
