/** The graph of jobs, whose code is half as large as all of the rest, and so comes by itself. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createElement, useEffect } from "react";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";
import type { GraphProps } from "./graph/graph";

/** Milliseconds after which a page has what it shows first. */
const QUIET = 1_000;

// Not by `lazy` and `Suspense`: React holds back for 300 ms whatever comes after a fallback.
const CODE = {
  queryKey: ["code of the graph"],
  queryFn: () => import("./graph/graph"),
  staleTime: Infinity,
  structuralSharing: false,
};

export function GraphTab(props: GraphProps) {
  const code = useQuery(CODE);
  if (code.data !== undefined) return createElement(code.data.Graph, props);
  if (!code.isError) return <Skeleton className="m-4 flex-1" />;
  return (
    // Browsers do not ask again for code that has failed to come, as long as the page is there.
    <div className="flex flex-col items-start gap-4 p-4">
      <Notice tone="bad">The graph could not be loaded.</Notice>
      <Button
        onClick={() => {
          window.location.reload();
        }}
      >
        Load the page again
      </Button>
    </div>
  );
}

/** Loads the graph before it is asked for. Who has no connection hears of it from the tab. */
export function loadGraph(client: QueryClient): void {
  void client.prefetchQuery(CODE);
}

/** Loads the graph as soon as the page has what it shows first. */
export function useEarlyGraph(): void {
  const client = useQueryClient();
  useEffect(() => {
    const timer = window.setTimeout(() => {
      loadGraph(client);
    }, QUIET);
    return () => {
      window.clearTimeout(timer);
    };
  }, [client]);
}
