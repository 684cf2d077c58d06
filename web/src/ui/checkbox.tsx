import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { Coded } from "./coded";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "type" | "children"> {
  label: ReactNode;
  hint?: ReactNode;
  problem?: string | undefined;
}

export function Checkbox({ label, hint, problem, className, ...rest }: Props) {
  const id = useId();
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  return (
    <div className={`flex gap-3 ${className ?? ""}`}>
      <input
        id={id}
        type="checkbox"
        aria-describedby={`${problemId} ${hintId}`}
        aria-invalid={problem !== undefined || undefined}
        {...rest}
        className="mt-0.5 size-4.5 shrink-0 accent-(--accent)"
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block text-sm font-medium break-words">
          {label}
        </label>
        {problem !== undefined && (
          <p id={problemId} className="text-sm break-words text-bad">
            <Coded text={problem} />
          </p>
        )}
        {hint !== undefined && (
          <p id={hintId} className="text-xs break-words text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
