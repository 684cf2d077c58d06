import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { get, post, type Query, remove } from "./client";
import { everything } from "./listing";
import type { Status, Task, TaskList } from "./shapes";
import type { SchemaNewSupportGrant, SchemaSupportGrant } from "./schema";

export type SupportGrant = SchemaSupportGrant;

export type NewSupportGrant = SchemaNewSupportGrant;

export const EVERY_DEFINITION = "*";

export function useSupportGrants() {
  return useQuery({
    queryKey: ["support-grants"],
    queryFn: ({ signal }) => everything<SupportGrant>("/support-grants", signal),
  });
}

export function useOpenSupport() {
  return useChange(
    (given: NewSupportGrant) => post<Accepted & { id: number }>("/support-grants", given),
    "support-grants",
  );
}

export function useCloseSupport(id: number) {
  return useChange(
    () => remove<Accepted & { canceledTaskIds: number[] }>(`/support-grants/${String(id)}`),
    "support-grants",
  );
}

/** Which tasks of support are asked for. */
export interface SupportWork {
  /** Of these definitions only. */
  names?: string[];
  /** RFC 3339: between these moments only. */
  createdAfter?: string;
  until?: string;
  /** In these statuses only. */
  statuses?: readonly Status[];
}

const OF_SUPPORT: Query = { roles: ["support"], silent: true, withoutJobs: true, pageSize: 100 };
/** So many tasks of support are shown at once. */
const MOST = 100;

/** What support has done here, silent tasks too: the newest first, and whether there are more. */
export function useTasksOfSupport(work: SupportWork) {
  return useQuery({
    queryKey: ["tasks", "of-support", work],
    queryFn: ({ signal }) => tasksOfSupport(work, signal),
    refetchInterval: 5_000,
  });
}

async function tasksOfSupport({ until, ...query }: SupportWork, signal: AbortSignal) {
  const found: Task[] = [];
  // The list has no end but now: what came after `until` stands on its first pages.
  for (let page: number | null = 1; page !== null && found.length <= MOST;) {
    const asked: Query = { ...query, ...OF_SUPPORT, page };
    const part: TaskList = await get("/tasks", { query: asked, signal });
    found.push(...part.items.filter((one) => isBefore(one, until)));
    page = part.nextPage;
  }
  return { items: found.slice(0, MOST), more: found.length > MOST };
}

function isBefore(task: Task, until: string | undefined): boolean {
  return until === undefined || Date.parse(task.createdAt) <= Date.parse(until);
}
