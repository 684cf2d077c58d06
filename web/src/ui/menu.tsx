import { ChevronDown, type LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "./button";

interface Props {
  label: string;
  Icon: LucideIcon;
  /** Buttons and links, which may say for a moment what they have done. */
  children: ReactNode;
}

/** A few things that can be done, behind a button. Escape, or a click beside it, closes it. */
export function Menu({ label, Icon, children }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: MouseEvent | FocusEvent) => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true) {
        setOpen(false);
      }
    };
    document.addEventListener("mousedown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("mousedown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [open]);
  return (
    <div
      ref={root}
      className="relative max-sm:static"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        setOpen(false);
        root.current?.querySelector("button")?.focus();
      }}
    >
      <Button
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <Icon size={15} aria-hidden /> {label}
        <ChevronDown size={14} aria-hidden className="-mr-1 text-muted" />
      </Button>
      {open && (
        <div className="absolute right-0 z-20 mt-1.5 flex w-max min-w-48 flex-col rounded-xl border border-line bg-raised p-1.5 shadow-(--shadow) max-sm:inset-x-4 max-sm:w-auto">
          {children}
        </div>
      )}
    </div>
  );
}
