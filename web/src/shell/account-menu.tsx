import { LogOut } from "lucide-react";
import { useSession, useSignOut } from "../api/session";
import { type Theme, chooseTheme, useTheme } from "../theme/theme";
import { Button } from "../ui/button";
import { Select } from "../ui/select";
import { type TimeStyle, chooseTimeStyle, useTimeStyle } from "../ui/time-style";

const THEMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };
const TIMES: Record<TimeStyle, string> = {
  relative: "3 min. ago",
  absolute: "Local time",
  utc: "UTC",
};

/** Who is signed in, as whom, and how they like to look at things. */
export function AccountMenu() {
  const session = useSession().data;
  const signOut = useSignOut();
  const theme = useTheme();
  const times = useTimeStyle();
  if (!session) return null;
  const organization = session.organizations.find((one) => one.id === session.orgId);
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4 text-sm">
      <div className="px-1">
        <p className="truncate font-medium">{session.user.name}</p>
        {organization !== undefined && (
          <p className="truncate text-muted">
            {organization.role} in {organization.name}
          </p>
        )}
      </div>
      <div className="flex flex-col gap-1.5">
        <Select beside label="Theme" value={theme} choices={THEMES} onChoose={chooseTheme} />
        <Select beside label="Times" value={times} choices={TIMES} onChoose={chooseTimeStyle} />
      </div>
      <Button
        look="quiet"
        className="justify-start"
        busy={signOut.isPending}
        onClick={() => {
          signOut.mutate();
        }}
      >
        <LogOut size={16} aria-hidden /> Sign out
      </Button>
    </div>
  );
}
