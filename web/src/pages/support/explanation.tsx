import { Coded } from "../../ui/coded";
import { Eye, EyeOff, ListChecks, Timer } from "lucide-react";

const FACTS = [
  {
    Icon: Eye,
    title: "They see your tasks",
    text: "Staff of the platform who belong to your organization as support see all of its tasks and logs, so that they can help you.",
  },
  {
    Icon: Timer,
    title: "They run only what is open",
    text: "To run a task, to run one again or to cancel one, its definition must be open to them: by you, for a time and a reason, or by `support: true` in the definition.",
  },
  {
    Icon: EyeOff,
    title: "They never see secrets",
    text: "Secrets are masked in inputs, logs and messages before anybody reads them.",
  },
  {
    Icon: ListChecks,
    title: "You see everything they do",
    text: "Each action is a task by that very person, with a support badge. It stays in your list for good.",
  },
] as const;

/** What support access is, for who has never heard of it. */
export function Explanation() {
  return (
    <ul className="grid gap-x-8 gap-y-4 rounded-xl border border-line bg-surface p-5 shadow-(--shadow) sm:grid-cols-2">
      {FACTS.map(({ Icon, title, text }) => (
        <li key={title} className="flex gap-3">
          <Icon size={18} aria-hidden className="mt-0.5 shrink-0 text-accent" />
          <div>
            <p className="text-sm font-medium">{title}</p>
            <p className="text-sm text-muted">
              <Coded text={text} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
