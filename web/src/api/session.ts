/** Who is signed in, and for which organization the pages are. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "./client";
import { Problem } from "./problem";

export type Role = "owner" | "admin" | "member" | "support";

export interface Organization {
  id: number;
  name: string;
  role: Role;
}

export interface Session {
  user: { id: number; name: string; email: string };
  organizations: Organization[];
  orgId: number;
}

export interface SignInMethods {
  password: boolean;
  oidc: { name: string } | null;
}

const KEY = ["session"] as const;

/** The session; null when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      try {
        return await get<Session>("/session");
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function useSignInMethods() {
  return useQuery({
    queryKey: ["sign-in-methods"],
    queryFn: () => get<SignInMethods>("/sign-in-methods"),
    staleTime: Infinity,
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { email: string; password: string }) => post<Session>("/session", given),
    onSuccess: (session) => {
      becomeSomebody(client, session);
    },
  });
}

export function useSignInByLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { token: string; password?: string }) =>
      post<Session>("/session/link", given),
    onSuccess: (session) => {
      becomeSomebody(client, session);
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove("/session"),
    onSettled: () => {
      becomeSomebody(client, null);
    },
  });
}

/** What somebody else has seen is forgotten; whoever shows the session hears of the new one. */
function becomeSomebody(client: QueryClient, session: Session | null): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  client.setQueryData(KEY, session);
}
