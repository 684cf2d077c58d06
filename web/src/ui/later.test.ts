import { expect, test } from "vitest";
import { after, momentOf } from "./later";

test("a span counts from now", () => {
  expect(after("four-hours", Date.parse("2026-11-28T22:00:00Z"))).toBe("2026-11-29T02:00:00.000Z");
});

test("what a field of the browser holds is a moment in its zone", () => {
  expect(momentOf("2026-11-28T22:05")).toBe(new Date(2026, 10, 28, 22, 5).toISOString());
});

test("what is no moment is none", () => {
  expect(momentOf("")).toBeNull();
  expect(momentOf("2026-13-01T00:00")).toBeNull();
});
