/** What the first page will ask for, asked for before it is there: one way to the server, not three. */
import type { QueryClient } from "@tanstack/react-query";
import { SESSION_QUERY } from "./api/session";
import { taskQuery } from "./api/task";
import { loadGraph } from "./task/graph-tab";

export function askEarly(client: QueryClient, { pathname, search }: Location): void {
  const id = /^\/tasks\/([1-9]\d{0,15})$/.exec(pathname)?.[1];
  if (id === undefined) return;
  void client.prefetchQuery(SESSION_QUERY);
  void client.prefetchQuery(taskQuery(Number(id)));
  if (new URLSearchParams(search).get("tab") === "graph") loadGraph(client);
}
