import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { patch, post, put, remove } from "./client";
import { everything } from "./listing";
import type { SchemaTeam } from "./schema";

export type Team = SchemaTeam;

export function useTeams() {
  return useQuery({
    queryKey: ["teams"],
    queryFn: ({ signal }) => everything<Team>("/teams", signal),
  });
}

export function useCreateTeam() {
  return useChange((name: string) => post<Accepted & { id: number }>("/teams", { name }), "teams");
}

export function useRenameTeam(id: number) {
  return useChange(
    (name: string) => patch<Accepted>(`/teams/${String(id)}`, { name }),
    "teams",
    "grants",
  );
}

export function useRemoveTeam(id: number) {
  return useChange(() => remove<Accepted>(`/teams/${String(id)}`), "teams", "grants");
}

export function useAddToTeam(id: number) {
  return useChange(
    (userId: number) => put<Accepted>(`/teams/${String(id)}/members/${String(userId)}`),
    "teams",
  );
}

export function useTakeFromTeam(id: number) {
  return useChange(
    (userId: number) => remove<Accepted>(`/teams/${String(id)}/members/${String(userId)}`),
    "teams",
  );
}
