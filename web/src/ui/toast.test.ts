import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdToasts, shownToasts, toast } from "./toast";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});

afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const texts = () => shownToasts().map((one) => one.text);

test("what was done is told for some seconds", () => {
  toast("The key was made.");
  vi.advanceTimersByTime(6_900);
  expect(texts()).toEqual(["The key was made."]);
  vi.advanceTimersByTime(200);
  expect(texts()).toEqual([]);
});

test("nothing goes away under a pointer, and all of it a moment after", () => {
  toast("The key was made.");
  holdToasts(true);
  vi.advanceTimersByTime(60_000);
  expect(texts()).toEqual(["The key was made."]);
  holdToasts(false);
  vi.advanceTimersByTime(1_000);
  expect(texts()).toEqual([]);
});

test("only the last few are shown", () => {
  for (const text of ["1", "2", "3", "4"]) toast(text);
  expect(texts()).toEqual(["2", "3", "4"]);
});
