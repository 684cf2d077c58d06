import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { get, patch, post, put, remove } from "./client";
import { everything } from "./listing";
import type { SchemaGrant, SchemaProjectOfOrganization } from "./schema";

export type ProjectRole = "read" | "write" | "admin";

export type Project = SchemaProjectOfOrganization;

export type Grant = SchemaGrant;

export interface NewGrant {
  userId?: number;
  teamId?: number;
  role: ProjectRole;
}

export function useProjects(enabled = true) {
  return useQuery({
    queryKey: ["projects"],
    enabled,
    queryFn: ({ signal }) => everything<Project>("/projects", signal),
  });
}

export function useProject(id: string) {
  return useQuery({
    queryKey: ["projects", id],
    queryFn: ({ signal }) => get<Project>(`/projects/${encodeURIComponent(id)}`, { signal }),
  });
}

export function useGrants(id: number) {
  return useQuery({
    queryKey: ["grants", id],
    queryFn: ({ signal }) => everything<Grant>(`/projects/${String(id)}/grants`, signal),
  });
}

export function useCreateProject() {
  return useChange(
    (name: string) => post<Accepted & { id: number }>("/projects", { name }),
    "projects",
  );
}

export function useRenameProject(id: number) {
  return useChange(
    (name: string) => patch<Accepted>(`/projects/${String(id)}`, { name }),
    "projects",
  );
}

export function useGrant(id: number) {
  return useChange(
    (given: NewGrant) => put<Accepted>(`/projects/${String(id)}/grants`, given),
    "grants",
    "projects",
  );
}

export function useRevokeGrant(id: number) {
  return useChange(
    (grantId: number) => remove<Accepted>(`/projects/${String(id)}/grants/${String(grantId)}`),
    "grants",
    "projects",
  );
}
