import type { Key } from "../../api/keys";

export type KeyState = "active" | "expired" | "revoked";

export function stateOf(key: Key, now: number): KeyState {
  if (key.revokedAt !== null) return "revoked";
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now ? "expired" : "active";
}

/** As somebody who holds the key reads it: enough to know it again, not enough to use it. */
export function shortened(key: Key): string {
  return `tt_${String(key.id)}_${key.prefix}…`;
}
