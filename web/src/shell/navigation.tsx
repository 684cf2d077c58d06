import {
  Building2,
  FolderKanban,
  KeyRound,
  LifeBuoy,
  ListChecks,
  Play,
  Users,
  UsersRound,
} from "lucide-react";
import { NavLink } from "react-router";
import { classNames } from "../ui/class-names";

const PAGES = [
  { to: "/tasks", label: "Tasks", Icon: ListChecks },
  { to: "/run", label: "Run", Icon: Play },
] as const;

const ADMINISTRATION = [
  { to: "/projects", label: "Projects", Icon: FolderKanban },
  { to: "/members", label: "Members", Icon: Users },
  { to: "/teams", label: "Teams", Icon: UsersRound },
  { to: "/keys", label: "API keys", Icon: KeyRound },
  { to: "/support", label: "Support access", Icon: LifeBuoy },
  { to: "/organization", label: "Organization", Icon: Building2 },
] as const;

export function Navigation() {
  return (
    <nav aria-label="Main" className="flex flex-col gap-6 text-sm">
      <Links pages={PAGES} />
      <div>
        <h2 className="px-3 pb-2 text-xs font-medium text-muted">Organization</h2>
        <Links pages={ADMINISTRATION} />
      </div>
    </nav>
  );
}

function Links({ pages }: { pages: readonly { to: string; label: string; Icon: typeof Play }[] }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {pages.map(({ to, label, Icon }) => (
        <li key={to}>
          <NavLink
            to={to}
            className={({ isActive }) =>
              classNames(
                "flex min-h-9 items-center gap-3 rounded-lg px-3 transition-colors",
                isActive
                  ? "bg-accent-soft font-medium text-accent-strong"
                  : "text-muted hover:bg-sunken hover:text-text",
              )
            }
          >
            <Icon size={17} aria-hidden />
            {label}
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
