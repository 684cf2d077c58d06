/** What a role may do, so that nothing is offered that the server would refuse. The server decides. */
import type { Role } from "../api/session";

export type Right =
  | "organization:change"
  | "member:manage"
  | "owner:manage"
  | "team:manage"
  | "project:create"
  | "project:manage"
  | "key:manage"
  | "support:see"
  | "support:manage";

const OF_ADMINS: readonly Right[] = [
  "organization:change",
  "member:manage",
  "team:manage",
  "project:create",
  "project:manage",
  "key:manage",
  "support:see",
];

const RIGHTS: Record<Role, readonly Right[]> = {
  owner: [...OF_ADMINS, "owner:manage", "support:manage"],
  admin: OF_ADMINS,
  member: [],
  support: ["support:see"],
};

export function roleAllows(role: Role, right: Right): boolean {
  return RIGHTS[role].includes(right);
}

/** What the roles mean, in the words of the page on access. */
export const ROLES: Record<Role, string> = {
  owner: "Everything, other owners and support access included.",
  admin: "Everything except owners, other admins and support access.",
  member: "Works in the projects that they were given; sees nothing else.",
  support: "Staff of the platform: sees all tasks, and runs only what you have opened to support.",
};

/** The roles that somebody in `role` may give and take away. */
export function rolesToGive(role: Role): Role[] {
  if (roleAllows(role, "owner:manage")) return ["owner", "admin", "member", "support"];
  return roleAllows(role, "member:manage") ? ["member"] : [];
}
