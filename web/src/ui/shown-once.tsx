import { CopyButton } from "./copy-button";

/** A secret that was made just now, and that nobody will see again. */
export function ShownOnce({ value, what }: { value: string; what: string }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code
        tabIndex={0}
        aria-label={what}
        className="min-w-0 flex-1 basis-64 rounded-lg border border-line-strong bg-sunken px-3 py-2 font-mono text-sm break-all select-all"
      >
        {value}
      </code>
      <CopyButton wordy text={value} label="Copy" />
    </div>
  );
}
