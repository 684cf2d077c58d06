import { NavLink } from "react-router";
import { useSession } from "../api/session";
import { classNames } from "../ui/class-names";
import { ADMINISTRATION, type Page, PAGES } from "./pages";

export function Navigation() {
  const session = useSession().data;
  const organization = session?.organizations.find((one) => one.id === session.orgId);
  return (
    <nav aria-label="Main" className="flex shrink-0 flex-col gap-4 text-sm">
      <Links pages={PAGES} />
      <div>
        <h2 className="truncate px-3 pb-2 text-xs font-medium text-muted">
          {organization?.name ?? "Organization"}
        </h2>
        <Links pages={ADMINISTRATION} />
      </div>
    </nav>
  );
}

function Links({ pages }: { pages: readonly Page[] }) {
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
