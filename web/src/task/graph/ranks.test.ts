import { expect, test } from "vitest";
import { rankedPlaces } from "./ranks";

const job = (name: string, ...after: string[]) => ({ name, after });

test("a job stands after the last one that it needs", () => {
  const places = rankedPlaces([job("d", "a", "c"), job("c", "b"), job("b", "a"), job("a")]);
  expect(["a", "b", "c", "d"].map((name) => places.get(name)?.rank)).toEqual([0, 1, 2, 3]);
});

test("jobs of a rank never stand on each other", () => {
  const many = Array.from({ length: 500 }, (_, number) =>
    job(String(number), ...(number < 20 ? [] : [String(number - 20), String((number * 7) % 20)])),
  );
  const taken = new Map<number, number[]>();
  for (const { rank, row } of rankedPlaces(many).values()) {
    taken.set(rank, [...(taken.get(rank) ?? []), row]);
  }
  for (const rows of taken.values()) {
    const sorted = rows.sort((one, other) => one - other);
    sorted.slice(1).forEach((row, index) => {
      expect(row - (sorted[index] ?? 0)).toBeGreaterThan(0.999);
    });
  }
});

test("a chain is a straight line, and what a job is spread over stands around it", () => {
  const places = rankedPlaces([
    job("one"),
    job("left", "one"),
    job("middle", "one"),
    job("right", "one"),
    job("last", "left", "middle", "right"),
    job("end", "last"),
  ]);
  const row = (name: string) => places.get(name)?.row ?? NaN;
  expect(row("one")).toBeCloseTo(row("middle"));
  expect(row("last")).toBeCloseTo(row("middle"));
  expect(row("end")).toBeCloseTo(row("last"));
});

test("lines do not cross where they need not", () => {
  const places = rankedPlaces([job("a"), job("b"), job("y", "b"), job("x", "a")]);
  const row = (name: string) => places.get(name)?.row ?? NaN;
  expect(Math.sign(row("x") - row("y"))).toBe(Math.sign(row("a") - row("b")));
});

test("what needs a job that is not there, or itself in a circle, still has a place", () => {
  const places = rankedPlaces([job("a", "gone"), job("b", "c"), job("c", "b")]);
  expect([...places.keys()]).toEqual(["a", "b", "c"]);
  expect([...places.values()].every(({ row }) => Number.isFinite(row))).toBe(true);
});
