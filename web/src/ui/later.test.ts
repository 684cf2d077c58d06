import { expect, test } from "vitest";
import { after, momentOf, typedOf } from "./later";

test("a span counts from now", () => {
  expect(after("four-hours", Date.parse("2026-11-28T22:00:00Z"))).toBe("2026-11-29T02:00:00.000Z");
});

test("a moment that is chosen comes back as it was", () => {
  const moment = "2026-11-28T22:05:00.000Z";
  expect(momentOf(typedOf(moment))).toBe(moment);
});

test("what is no moment is none", () => {
  expect(momentOf("")).toBeNull();
  expect(momentOf("2026-13-01T00:00")).toBeNull();
});
