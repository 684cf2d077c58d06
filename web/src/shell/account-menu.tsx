import { ChevronsUpDown, KeyRound, LogOut } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useSession, useSignOut } from "../api/session";
import { type Theme, chooseTheme, useTheme } from "../theme/theme";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Select } from "../ui/select";
import { told } from "../ui/told";
import { type TimeStyle, chooseTimeStyle, useTimeStyle } from "../ui/time-style";

const THEMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };
const TIMES: Record<TimeStyle, string> = {
  relative: "3 min. ago",
  absolute: "Local time",
  utc: "UTC",
};

/** Who is signed in, as whom; behind it, how they like to look at things, and the way out. */
export function AccountMenu() {
  const session = useSession().data;
  const [open, setOpen] = useState(false);
  if (!session) return null;
  const organization = session.organizations.find((one) => one.id === session.orgId);
  return (
    <div className="border-t border-line pt-2 text-sm">
      {open && <Settings />}
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
        className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-left hover:bg-sunken"
      >
        <span
          aria-hidden
          className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-strong uppercase"
        >
          {[...session.user.name][0]}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{session.user.name}</span>{" "}
          {organization !== undefined && (
            <span className="block truncate text-xs text-muted">
              {organization.role} in {organization.name}
            </span>
          )}
        </span>
        <ChevronsUpDown size={15} aria-hidden className="shrink-0 text-muted" />
      </button>
    </div>
  );
}

function Settings() {
  const signOut = useSignOut();
  const theme = useTheme();
  const times = useTimeStyle();
  return (
    <div className="mb-1 flex flex-col gap-1.5 border-b border-line pb-2">
      <Select beside label="Theme" value={theme} choices={THEMES} onChoose={chooseTheme} />
      <Select beside label="Times" value={times} choices={TIMES} onChoose={chooseTimeStyle} />
      <Link
        to="/organization#password"
        className="flex min-h-9 items-center gap-2 rounded-lg px-2 font-medium text-muted hover:bg-sunken hover:text-text"
      >
        <KeyRound size={16} aria-hidden /> Change password
      </Link>
      <Button
        look="quiet"
        className="justify-start px-2"
        busy={signOut.isPending}
        onClick={() => {
          signOut.mutate();
        }}
      >
        <LogOut size={16} aria-hidden /> Sign out
      </Button>
      {signOut.isError && (
        <Notice tone="bad">You are still signed in. {told(signOut.error.message)}</Notice>
      )}
    </div>
  );
}
