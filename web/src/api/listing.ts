import { get, type Query } from "./client";

export interface Listing<T> {
  items: T[];
  totalCount: number;
  nextPage: number | null;
}

/** Everything of a list, page by page: for lists that people keep by hand. */
export async function everything<T>(
  path: string,
  signal: AbortSignal,
  query: Query = {},
): Promise<T[]> {
  const found: T[] = [];
  for (let page: number | null = 1; page !== null;) {
    const part: Listing<T> = await get(path, {
      query: { ...query, page, pageSize: 100 },
      signal,
    });
    found.push(...part.items);
    page = part.nextPage;
  }
  return found;
}
