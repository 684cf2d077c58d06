import { useQuery } from "@tanstack/react-query";
import { type Accepted, useChange } from "./change";
import { post, remove } from "./client";
import { everything } from "./listing";
import type { SchemaKey, SchemaKeyMade } from "./schema";

export type Key = SchemaKey;

export interface NewKey {
  name: string;
  kind: "user" | "robot";
  expiresAt: string | null;
}

export type KeyMade = SchemaKeyMade;

export function useKeys() {
  return useQuery({
    queryKey: ["keys"],
    queryFn: ({ signal }) => everything<Key>("/keys", signal),
  });
}

export function useCreateKey() {
  return useChange((given: NewKey) => post<KeyMade>("/keys", given), "keys");
}

export function useRevokeKey(id: number) {
  return useChange(() => remove<Accepted>(`/keys/${String(id)}`), "keys");
}
