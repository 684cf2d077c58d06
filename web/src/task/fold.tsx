import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classNames } from "../ui/class-names";

interface Props {
  label: string;
  openAtFirst: boolean;
  children: ReactNode;
}

/** Something behind its name, until somebody unfolds it. */
export function Fold({ label, openAtFirst, children }: Props) {
  const [toggled, setToggled] = useState<boolean | null>(null);
  const open = toggled ?? openAtFirst;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          setToggled(!open);
        }}
        className={classNames(
          "flex min-h-9 w-full items-center gap-2 rounded-lg px-3 text-sm text-muted hover:bg-sunken",
          open && "mb-2",
        )}
      >
        <Chevron size={15} aria-hidden /> {label}
      </button>
      {open && children}
    </div>
  );
}
