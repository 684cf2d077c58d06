import { CloudOff } from "lucide-react";
import { useUnreachable } from "../api/connection";

/** Says that what the page shows may be old, without moving any of it. */
export function ConnectionNotice() {
  if (!useUnreachable()) return null;
  return (
    <p className="flex items-center gap-3 rounded-xl border border-warn bg-warn-soft px-4 py-2.5 text-sm text-warn shadow-(--shadow)">
      <CloudOff size={16} aria-hidden className="shrink-0" />
      The server cannot be reached. Trying again; what is shown may be old.
    </p>
  );
}
