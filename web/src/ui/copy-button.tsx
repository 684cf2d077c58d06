import { Check, Copy } from "lucide-react";
import { useCopy } from "./copy";

interface Props {
  text: string;
  label: string;
  Icon?: typeof Copy;
  /** Whether the label is there to read, beside the icon. */
  wordy?: boolean;
}

/** Puts a text into the clipboard, and says for a moment that it has. */
export function CopyButton({ text, label, Icon = Copy, wordy = false }: Props) {
  const [copied, copy] = useCopy(text);
  const Shown = copied === "yes" ? Check : Icon;
  const words = { no: label, yes: "Copied", failed: "Select it, and copy" };
  return (
    <button
      type="button"
      title={label}
      onClick={copy}
      className={
        wordy
          ? "inline-flex min-h-9 items-center gap-2 rounded-lg border border-line-strong bg-surface px-3.5 text-sm font-medium hover:bg-sunken"
          : "inline-flex size-8 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-text"
      }
    >
      <Shown size={wordy ? 15 : 16} aria-hidden />
      <span className={wordy ? "" : "sr-only"}>{words[copied]}</span>
    </button>
  );
}
