import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { get, patch, put } from "./client";
import type { SchemaOrganization } from "./schema";

export type OrganizationDetails = SchemaOrganization;

export function useOrganization(id: number) {
  return useQuery({
    queryKey: ["organization", id],
    queryFn: ({ signal }) => get<OrganizationDetails>(`/organizations/${String(id)}`, { signal }),
  });
}

export function useChangeOrganization(id: number) {
  return useChange(
    (given: { name?: string; supportDefault?: boolean }) =>
      patch<Accepted>(`/organizations/${String(id)}`, given),
    "organization",
    "session",
  );
}

export function useChangePassword() {
  return useChange((given: { before: string; after: string }) =>
    put<Accepted>("/session/password", given),
  );
}
