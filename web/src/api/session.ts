/** Who is signed in, and for which organization the pages are. */
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { chosenOrganization, forgetOrganization } from "./chosen-organization";
import { get, post, remove } from "./client";
import { Problem } from "./problem";
import type { SchemaLinkPerson, SchemaUseLink } from "./schema";

export type LinkPerson = SchemaLinkPerson;
export type UseLink = SchemaUseLink;

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

/** The session, as it is asked for; null when nobody is signed in. */
export const SESSION_QUERY = queryOptions({
  queryKey: KEY,
  queryFn: async () => {
    try {
      return await get<Session>("/session");
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      if (chosenOrganization() === null) return null;
      // Whoever has left an organization may still belong to others.
      forgetOrganization();
      return get<Session>("/session").catch(nobody);
    }
  },
  staleTime: 60_000,
});

export function useSession() {
  return useQuery(SESSION_QUERY);
}

function nobody(error: unknown): null {
  if (error instanceof Problem && error.status === 401) return null;
  throw error;
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
    mutationFn: (given: UseLink) => post<Session>("/session/link", given),
    onSuccess: (session) => {
      becomeSomebody(client, session);
    },
  });
}

/** Whom a one-time link is for. It can still be used afterwards. */
export function useLink(token: string) {
  return useQuery({
    queryKey: ["link", token],
    queryFn: () => post<LinkPerson>("/session/link/look", { token }),
    enabled: token !== "",
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

/** Ends the session. Whoever could not be signed out is told so, and stays: the cookie still counts. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove("/session").catch(nobody),
    onSuccess: () => {
      becomeSomebody(client, null);
    },
  });
}

/** What somebody else has seen is forgotten; whoever shows the session hears of the new one. */
function becomeSomebody(client: QueryClient, session: Session | null): void {
  forgetOrganization();
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  client.setQueryData(KEY, session);
}
