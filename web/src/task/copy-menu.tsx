import { Check, Copy, Link2, SquareTerminal } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Task } from "../api/shapes";
import { useCopy } from "../ui/copy";
import { Menu } from "../ui/menu";
import { copiedTasks } from "./copied-task";

/** The task for somebody else, or for a terminal. */
export function CopyMenu({ task }: { task: Task }) {
  const { origin } = window.location;
  return (
    <Menu label="Copy" Icon={Copy}>
      <Entry text={`${origin}/tasks/${String(task.id)}`} label="Link to this task" Icon={Link2} />
      {copiedTasks(task, origin).map(({ label, text }) => (
        <Entry key={label} text={text} label={label} Icon={SquareTerminal} />
      ))}
    </Menu>
  );
}

function Entry({ text, label, Icon }: { text: string; label: string; Icon: LucideIcon }) {
  const [state, copy] = useCopy(text);
  const Shown = state === "yes" ? Check : Icon;
  return (
    <button
      type="button"
      title={text}
      onClick={copy}
      className="flex min-h-9 items-center gap-2.5 rounded-lg px-3 text-left text-sm hover:bg-sunken"
    >
      <Shown size={15} aria-hidden className="shrink-0 text-muted" />
      {state === "yes" ? "Copied" : state === "failed" ? "Could not be copied" : label}
    </button>
  );
}
