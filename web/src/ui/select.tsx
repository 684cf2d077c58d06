import { useId } from "react";

interface Props<T extends string> {
  label: string;
  value: T;
  choices: Record<T, string>;
  onChoose: (value: T) => void;
}

/** One of few choices. The browser's own control: it works with every keyboard and on phones. */
export function Select<T extends string>({ label, value, choices, onChoose }: Props<T>) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="block px-1 text-xs text-muted">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onChoose(event.target.value as T);
        }}
        className="mt-0.5 min-h-9 w-full rounded-lg border border-line-strong bg-surface px-2 text-sm"
      >
        {Object.entries<string>(choices).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
