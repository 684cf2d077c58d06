import { EVERY_DEFINITION, type SupportGrant } from "../../api/support";

export type GrantState = "open" | "expired" | "closed";

export function stateOf(grant: SupportGrant, now: number): GrantState {
  if (grant.closedAt !== null) return "closed";
  return Date.parse(grant.expiresAt) <= now ? "expired" : "open";
}

/** When support access ended or will end. */
export function endOf(grant: SupportGrant): string {
  const { closedAt, expiresAt } = grant;
  return closedAt !== null && closedAt < expiresAt ? closedAt : expiresAt;
}

/** Which tasks of support the grant is about: all, or those of its definitions. */
export function opens(grant: SupportGrant, name: string): boolean {
  return grant.definitions.includes(EVERY_DEFINITION) || grant.definitions.includes(name);
}
