/** Why the server would refuse to run a definition, whatever is entered, and what to do about it. */
import type { Role } from "../api/session";
import type { Definition } from "../api/shapes";
import { useOwn } from "./own";

/** Null where it can be run, though perhaps only in a project. */
export function useRunRefusal(): (definition: Pick<Definition, "mayRun">) => string | null {
  const { organization } = useOwn();
  return ({ mayRun }) => (mayRun === "no" ? refusalOf(organization.role) : null);
}

export function refusalOf(role: Role): string {
  switch (role) {
    case "support":
      return "It is not open to support. An owner has to open this definition to support.";
    case "member":
      return "It runs in projects where you may not write. Ask an owner or admin for the right to write in a project.";
    case "owner":
    case "admin":
      return "You may not run it. Sign in again: your role may have changed.";
  }
}
