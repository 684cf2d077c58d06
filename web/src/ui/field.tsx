import { type ReactNode, useId } from "react";
import { Coded } from "./coded";

export interface FieldTexts {
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
  /** Said beside the label; without it a form says nothing about what may be left out. */
  optional?: boolean;
  className?: string | undefined;
}

export interface ControlAttributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string;
}

interface Props extends FieldTexts {
  /** The control, which takes the attributes that tie it to its label, hint and problem. */
  children: (attributes: ControlAttributes) => ReactNode;
}

export const CONTROL =
  "min-h-10 w-full rounded-lg border border-line-strong bg-surface px-3 aria-[invalid=true]:border-bad";

/** A labelled control, with what is wrong with it right below. */
export function Field({ label, hint, problem, optional = false, className, children }: Props) {
  const id = useId();
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  return (
    <div className={className}>
      <label htmlFor={id} className="block text-sm font-medium break-words">
        {label}
        {optional && <span className="font-normal text-muted"> · optional</span>}
      </label>
      {children({
        id,
        "aria-invalid": problem !== undefined,
        "aria-describedby": `${problemId} ${hintId}`,
      })}
      {problem !== undefined && (
        <p id={problemId} className="mt-1 text-sm break-words text-bad">
          <Coded text={problem} />
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className="mt-1 text-xs break-words text-muted">
          <Coded text={hint} />
        </p>
      )}
    </div>
  );
}
