/** Whether the server answers what the page asks for, and whether it still knows who asks. */
import { onlineManager, type Query, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { Problem } from "./problem";

// Whether this machine has a network says nothing of whether it reaches the server, which may be this
// machine: everything is asked for at once, and tells by itself that there is no answer.
onlineManager.setEventListener(() => undefined);

const GATEWAY = [502, 503, 504];

/** Whether something that the page shows was asked for in vain, and is asked for again. */
export function useUnreachable(): boolean {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((listener: () => void) => cache.subscribe(listener), [cache]);
  return useSyncExternalStore(subscribe, () =>
    cache.getAll().some((query) => query.isActive() && isInVain(query)),
  );
}

function isInVain({ state }: Query): boolean {
  // Between two tries only what the last one came to is known.
  return [state.error, state.fetchFailureReason].some(
    (why) => why instanceof Problem && (why.status === 0 || GATEWAY.includes(why.status)),
  );
}

/** Milliseconds in which a session is not asked for again. */
const PATIENCE = 5_000;

/** Asks who is signed in as soon as an answer says that nobody is: the session has ended, or the
 * person has left the organization. */
export function useSessionWatch(): void {
  const client = useQueryClient();
  useEffect(() => {
    const asked = ["session"];
    const look = (error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 401) return;
      const known = client.getQueryState(asked)?.dataUpdatedAt ?? 0;
      if (Date.now() - known > PATIENCE) void client.invalidateQueries({ queryKey: asked });
    };
    const queries = client.getQueryCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    const changes = client.getMutationCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") look(event.action.error);
    });
    return () => {
      queries();
      changes();
    };
  }, [client]);
}
