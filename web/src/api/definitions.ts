import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { SchemaBrokenDefinition, SchemaDefinitionWithJobs } from "./schema";
import type { Definition, DefinitionList } from "./shapes";

export type DefinitionDetails = SchemaDefinitionWithJobs;

export interface Definitions {
  items: Definition[];
  broken: SchemaBrokenDefinition[];
}

/** All that can be run, and for those who are responsible the files that cannot. */
export function useDefinitions() {
  return useQuery({
    queryKey: ["definitions"],
    queryFn: async ({ signal }): Promise<Definitions> => {
      const items: Definition[] = [];
      for (let page = 1; ; page += 1) {
        const query = { page, pageSize: 100 };
        const part = await get<DefinitionList>("/definitions", { query, signal });
        items.push(...part.items);
        if (part.nextPage === null) return { items, broken: part.broken };
      }
    },
    staleTime: 30_000,
  });
}

export function useDefinition(name: string) {
  return useQuery({
    queryKey: ["definitions", name],
    queryFn: ({ signal }) =>
      get<DefinitionDetails>(`/definitions/${encodeURIComponent(name)}`, { signal }),
  });
}
