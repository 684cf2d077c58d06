import type { ProjectRole } from "../../api/projects";

/** What the roles of a project mean; each includes the ones before it. */
export const PROJECT_ROLES: Record<ProjectRole, string> = {
  read: "Sees its tasks and logs.",
  write: "Also runs tasks, and runs them again.",
  admin: "Also gives the project to others.",
};

/** A team has `write` at most. */
export function rolesFor(team: boolean): ProjectRole[] {
  return team ? ["read", "write"] : ["read", "write", "admin"];
}
