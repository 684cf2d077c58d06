import { Search } from "lucide-react";
import { openPalette } from "./shortcuts";

/** Shows that there is a palette, and opens it where there is no keyboard. */
export function FindButton() {
  return (
    <button
      type="button"
      onClick={openPalette}
      className="flex min-h-9 shrink-0 items-center gap-2.5 rounded-lg border border-line bg-page px-3 text-sm text-muted hover:border-line-strong"
    >
      <Search size={15} aria-hidden />
      Go to…
      <kbd className="ml-auto font-mono text-xs">Ctrl K</kbd>
    </button>
  );
}
