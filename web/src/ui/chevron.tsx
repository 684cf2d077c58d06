import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

/** Around a `<select>` without the arrow of the browser, which differs from one to the next. */
export function Chevron({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <span className={`relative block ${className}`}>
      {children}
      <ChevronDown
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"
      />
    </span>
  );
}
