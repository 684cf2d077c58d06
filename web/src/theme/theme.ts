/** Light, dark, or as the system is. */
import { useSyncExternalStore } from "react";
import { remembered } from "../ui/remembered";

export type Theme = "system" | "light" | "dark";

const kept = remembered<Theme>("tasktrail.theme", "system", ["system", "light", "dark"]);

export function useTheme(): Theme {
  return useSyncExternalStore(kept.subscribe, kept.get);
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  kept.set(theme);
}
