/**
 * Places for the jobs of a large task, in a time that nobody notices: dagre takes seconds for 500.
 *
 * Jobs stand in the rank after the last one that they need, in an order that keeps lines short and
 * uncrossed, and as near to the height of what they are joined to as there is room.
 */
interface Named {
  name: string;
  after: readonly string[];
}

const SWEEPS = 6;

/** The places of jobs as pairs of rank and row; rows may be fractions, and are at least one apart. */
export function rankedPlaces(jobs: readonly Named[]): Map<string, { rank: number; row: number }> {
  const names = new Set(jobs.map((job) => job.name));
  const before = new Map(
    jobs.map(({ name, after }) => [name, after.filter((one) => names.has(one))]),
  );
  const next = followersOf(before);
  const rankOf = ranksOf(before, next);
  const ranks: string[][] = [];
  for (const { name } of jobs) (ranks[rankOf.get(name) ?? 0] ??= []).push(name);
  const rows = new Map<string, number>();
  ranks.forEach((rank) => {
    place(rank, rows, () => null);
  });
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const joined = down ? before : next;
    for (const rank of down ? ranks : [...ranks].reverse()) {
      place(rank, rows, (name) => meanOf(joined.get(name) ?? [], rows));
    }
  }
  return new Map(
    jobs.map(({ name }) => [name, { rank: rankOf.get(name) ?? 0, row: rows.get(name) ?? 0 }]),
  );
}

function followersOf(before: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const next = new Map<string, string[]>([...before.keys()].map((name) => [name, []]));
  for (const [name, ones] of before) for (const one of ones) next.get(one)?.push(name);
  return next;
}

/** The length of the longest way to each job. */
function ranksOf(
  before: ReadonlyMap<string, readonly string[]>,
  next: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const ranks = new Map<string, number>();
  const missing = new Map([...before].map(([name, ones]) => [name, ones.length]));
  const ready = [...before.keys()].filter((name) => missing.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    const rank = Math.max(-1, ...(before.get(name) ?? []).map((one) => ranks.get(one) ?? 0)) + 1;
    ranks.set(name, rank);
    for (const one of next.get(name) ?? []) {
      const left = (missing.get(one) ?? 0) - 1;
      missing.set(one, left);
      if (left === 0) ready.push(one);
    }
  }
  return ranks;
}

/** Put the jobs of a rank in the order of the rows that they want, and as near to these as can be. */
function place(
  rank: string[],
  rows: Map<string, number>,
  wanted: (name: string) => number | null,
): void {
  const wishes = new Map(rank.map((name) => [name, wanted(name) ?? rows.get(name) ?? 0]));
  const wish = (name: string) => wishes.get(name) ?? 0;
  rank.sort((one, other) => wish(one) - wish(other));
  let free = -Infinity;
  let off = 0;
  for (const name of rank) {
    const row = Math.max(wish(name), free);
    rows.set(name, row);
    off += row - wish(name);
    free = row + 1;
  }
  // All of them were only ever moved down.
  const shift = off / rank.length;
  for (const name of rank) rows.set(name, (rows.get(name) ?? 0) - shift);
}

function meanOf(names: readonly string[], rows: ReadonlyMap<string, number>): number | null {
  if (names.length === 0) return null;
  return names.reduce((sum, name) => sum + (rows.get(name) ?? 0), 0) / names.length;
}
