import { expect, test } from "vitest";
import { ScrollMap } from "./scroll-map";

const VIEW = 800;
/** Five million lines of 20 pixels: more than a browser makes an element high. */
const LONG = 100_000_000;

test("a log that fits into an element is scrolled as any element", () => {
  const map = new ScrollMap(10_000, VIEW);
  expect(map.height).toBe(10_000);
  expect(map.moveTo(1_234)).toBe(1_234);
  expect(map.scrolledTo(5_000)).toBe(5_000);
  expect(map.position).toBe(5_000);
});

test("no element is higher than browsers make one", () => {
  expect(new ScrollMap(LONG, VIEW).height).toBe(8_000_000);
});

test.each([0, 1_000, 33_333_333, LONG / 2, LONG - VIEW])(
  "position %d is reached exactly",
  (position) => {
    const map = new ScrollMap(LONG, VIEW);
    const top = map.moveTo(position);
    expect(map.position).toBeCloseTo(position, 6);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThanOrEqual(map.height - VIEW);
  },
);

test("a turn of the wheel moves a long log by as many pixels", () => {
  const map = new ScrollMap(LONG, VIEW);
  let top = map.moveTo(LONG / 2);
  for (let turn = 0; turn < 1_000; turn += 1) top = map.scrolledTo(top + 100);
  expect(map.position).toBeCloseTo(LONG / 2 + 100_000, 3);
});

test("whoever pulls the scrollbar comes to the same part of the log", () => {
  const map = new ScrollMap(LONG, VIEW);
  for (const part of [0.25, 0.5, 0.75]) {
    map.moveTo(0);
    map.scrolledTo(part * (map.height - VIEW));
    expect(map.position / LONG).toBeCloseTo(part, 1);
  }
});

test("both ends are reached by the scrollbar", () => {
  const map = new ScrollMap(LONG, VIEW);
  map.moveTo(LONG / 2);
  map.scrolledTo(map.height - VIEW);
  expect(map.position).toBeCloseTo(map.end, -1);
  map.scrolledTo(0);
  expect(map.position).toBe(0);
});

test("nothing is beyond the ends", () => {
  const map = new ScrollMap(LONG, VIEW);
  map.moveTo(LONG * 2);
  expect(map.position).toBe(map.end);
  map.moveTo(-5);
  expect(map.position).toBe(0);
  expect(new ScrollMap(100, VIEW).end).toBe(0);
});
