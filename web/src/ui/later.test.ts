import { expect, test } from "vitest";
import { after, endOf, momentOf, problemOfLater, zoneOf } from "./later";

test("a span counts from now", () => {
  expect(after("four-hours", Date.parse("2026-11-28T22:00:00Z"))).toBe("2026-11-29T02:00:00.000Z");
});

test("what a field of the browser holds is a moment in its zone", () => {
  expect(momentOf("2026-11-28T22:05")).toBe(new Date(2026, 10, 28, 22, 5).toISOString());
});

test("what lasts ends after a span, at a moment, never, or nobody has said when", () => {
  const now = Date.parse("2026-11-28T22:00:00Z");
  expect(endOf({ span: "day", until: "" }, now)).toBe("2026-11-29T22:00:00.000Z");
  expect(endOf({ span: "until", until: "2026-11-30T10:00" }, now)).toBe(
    momentOf("2026-11-30T10:00"),
  );
  expect(endOf({ span: "never", until: "" }, now)).toBeNull();
  expect(endOf({ span: "until", until: "" }, now)).toBeUndefined();
});

test("what is no moment is none", () => {
  expect(momentOf("")).toBeNull();
  expect(momentOf("2026-13-01T00:00")).toBeNull();
});

test("a moment that is over, or that nobody has chosen, is none to wait for", () => {
  const now = Date.parse("2026-11-28T22:00:00Z");
  expect(problemOfLater("", now)).toContain("Choose the day");
  expect(problemOfLater("2026-11-26T10:00", now)).toContain("over already");
  expect(problemOfLater("2026-11-30T10:00", now)).toBeUndefined();
});

test("the zone in which a moment is meant is named", () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(zoneOf("2026-11-30T10:00")).toContain(timeZone);
  expect(zoneOf("")).toContain("GMT");
});
