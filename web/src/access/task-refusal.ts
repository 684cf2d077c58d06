/**
 * Why the server would surely refuse something to who looks at a task, as far as that is known here.
 *
 * The server decides. It alone knows what is open to support, and of projects that a member does not
 * see; what it refuses nevertheless is told after the click.
 */
import { type ProjectRole, useProjects } from "../api/projects";
import type { Task } from "../api/shapes";
import { type Own, useOwn } from "./own";
import { rerunRule } from "./rerun-rule";

export type Deed = "cancel" | "rerun";

/** The role of a member in each project, by its id. */
export type OwnRoles = ReadonlyMap<number, ProjectRole | null>;

/** Null where nothing is known against it. */
export function useTaskRefusal(deed: Deed, task: Task): string | null {
  const own = useOwn();
  const rule = deed === "rerun" ? rerunRule(task) : null;
  const projects = useProjects(own.organization.role === "member").data;
  const roles = projects && new Map(projects.map((one) => [one.id, one.role]));
  return rule ?? (roles === undefined ? null : taskRefusal(deed, task, own, roles));
}

export function taskRefusal(
  deed: Deed,
  task: Pick<Task, "projects" | "author">,
  { userId, organization }: Pick<Own, "userId" | "organization">,
  roles: OwnRoles,
): string | null {
  if (organization.role !== "member") return null;
  const lacking = task.projects.filter(({ id }) => !writes(roles.get(id)));
  const what = deed === "cancel" ? "cancel this task" : "run it again";
  if (lacking.length > 0) {
    const names = lacking.map((one) => one.title).join(" and ");
    return `You can ${what} with the role write in ${names}.`;
  }
  return deed === "cancel" && task.author.id !== userId
    ? `${task.author.name}, admins and owners can ${what}.`
    : null;
}

function writes(role: ProjectRole | null | undefined): boolean {
  return role === "write" || role === "admin";
}
