import { Bot, LifeBuoy, ShieldCheck } from "lucide-react";
import type { Author } from "../api/shapes";

/** Who did it, and as what: support, the robot and Superadmin are marked (M6, M8). */
export function Person({ author }: { author: Author }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      {author.kind === "robot" && <Bot size={14} aria-label="Automation" className="shrink-0" />}
      {author.kind === "superadmin" && (
        <ShieldCheck size={14} aria-label="Superadmin" className="shrink-0" />
      )}
      <span className="truncate">{author.name}</span>
      {author.role === "support" && (
        <span className="inline-flex shrink-0 items-center gap-1 rounded-full bg-warn-soft px-2 text-xs text-warn">
          <LifeBuoy size={11} aria-hidden /> support
        </span>
      )}
    </span>
  );
}
