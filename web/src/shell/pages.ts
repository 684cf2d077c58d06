/** The pages that are always at hand, in the order of the menu. */
import {
  Building2,
  FolderKanban,
  KeyRound,
  LifeBuoy,
  ListChecks,
  type LucideIcon,
  Play,
  Users,
  UsersRound,
} from "lucide-react";

export interface Page {
  to: string;
  label: string;
  Icon: LucideIcon;
}

export const PAGES: readonly Page[] = [
  { to: "/tasks", label: "Tasks", Icon: ListChecks },
  { to: "/run", label: "Run", Icon: Play },
];

export const ADMINISTRATION: readonly Page[] = [
  { to: "/projects", label: "Projects", Icon: FolderKanban },
  { to: "/members", label: "Members", Icon: Users },
  { to: "/teams", label: "Teams", Icon: UsersRound },
  { to: "/keys", label: "API keys", Icon: KeyRound },
  { to: "/support", label: "Support access", Icon: LifeBuoy },
  { to: "/organization", label: "Organization", Icon: Building2 },
];
