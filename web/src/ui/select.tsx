import { useId } from "react";
import { Chevron } from "./chevron";

interface Props<T extends string> {
  label: string;
  value: T;
  choices: Record<T, string>;
  onChoose: (value: T) => void;
  /** The label beside it, in place of above it. */
  beside?: boolean;
}

/** One of few choices. The browser's own control: it works with every keyboard and on phones. */
export function Select<T extends string>(props: Props<T>) {
  const { label, value, choices, onChoose, beside = false } = props;
  const id = useId();
  return (
    <div className={beside ? "flex items-center justify-between gap-2" : "max-w-60 min-w-0"}>
      <label htmlFor={id} className="block px-1 text-xs text-muted">
        {label}
      </label>
      <Chevron className={beside ? "w-36" : "mt-0.5"}>
        <select
          id={id}
          value={value}
          onChange={(event) => {
            onChoose(event.target.value as T);
          }}
          className="min-h-9 w-full appearance-none rounded-lg border border-line-strong bg-surface pr-8 pl-3 text-sm"
        >
          {Object.entries<string>(choices).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      </Chevron>
    </div>
  );
}
