import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { patch, post, remove } from "./client";
import { everything } from "./listing";
import type { Role } from "./session";
import type { SchemaMember, SchemaMemberAdded, SchemaNewMember } from "./schema";

export type Member = SchemaMember;

export type NewMember = SchemaNewMember;

export type MemberAdded = SchemaMemberAdded;

export function useMembers() {
  return useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => everything<Member>("/members", signal),
  });
}

export function useAddMember() {
  return useChange((given: NewMember) => post<MemberAdded>("/members", given), "members");
}

export function useChangeRole(userId: number) {
  return useChange(
    (role: Role) => patch<Accepted>(`/members/${String(userId)}`, { role }),
    "members",
    "session",
  );
}

export function useRemoveMember(userId: number) {
  return useChange(
    () => remove<Accepted>(`/members/${String(userId)}`),
    "members",
    "teams",
    "grants",
    "session",
  );
}

export function useMemberLink(userId: number) {
  return useChange(() => post<Accepted & { link: string }>(`/members/${String(userId)}/link`));
}
