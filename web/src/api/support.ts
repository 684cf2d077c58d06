import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { get, post, remove } from "./client";
import { everything } from "./listing";
import type { TaskList } from "./shapes";
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

/** What support has done here, silent tasks too; the newest first. */
export function useTasksOfSupport(query: { names?: string[]; createdAfter?: string }) {
  return useQuery({
    queryKey: ["tasks", "of-support", query],
    queryFn: ({ signal }) =>
      get<TaskList>("/tasks", {
        query: { ...query, roles: ["support"], silent: true, pageSize: 100 },
        signal,
      }),
    refetchInterval: 5_000,
  });
}
