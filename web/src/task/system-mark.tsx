import { Lock } from "lucide-react";

/** Beside a job or step of the system. `brief`: only its sign, where there is little room. */
export function SystemMark({ brief = false }: { brief?: boolean }) {
  return (
    <span
      title="Of the system: most people do not see it."
      className="inline-flex shrink-0 items-center gap-1 rounded-full border border-line-strong px-1.5 text-xs leading-5 text-muted"
    >
      <Lock size={11} aria-hidden className={brief ? "my-1" : ""} />
      <span className={brief ? "sr-only" : ""}>system</span>
    </span>
  );
}
