import { expect, test } from "vitest";
import { absolute, ago, clockOf, duration, utc } from "./times";

test.each([
  [0, "0 ms"],
  [-5, "0 ms"],
  [12.4, "12 ms"],
  [999, "999 ms"],
  [1_000, "1 s"],
  [4_210, "4.2 s"],
  [42_900, "42 s"],
  [187_000, "3 min 07 s"],
  [3_720_000, "1 h 02 min"],
  [172_800_000, "2 d 0 h"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

const NOW = Date.parse("2026-11-28T12:00:00Z");

test.each([
  ["2026-11-28T12:00:00Z", "now"],
  ["2026-11-28T12:00:02Z", "just now"],
  ["2026-11-28T11:59:30Z", "30 sec. ago"],
  ["2026-11-28T11:57:00Z", "3 min. ago"],
  ["2026-11-28T14:00:00Z", "in 2 hr."],
  ["2026-11-27T12:00:00Z", "yesterday"],
  ["2024-11-28T12:00:00Z", "2 yr. ago"],
])("seen from noon, %s is %s", (moment, text) => {
  expect(ago(moment, NOW)).toBe(text);
});

test("what is known to lie ahead is near and not over", () => {
  expect(ago("2026-11-28T12:00:02Z", NOW, true)).toBe("in 2 sec.");
});

test("a moment is told in the zone of the browser, or in UTC", () => {
  const moment = new Date(2026, 10, 28, 14, 3, 7).toISOString();
  expect(absolute(moment)).toBe("2026-11-28 14:03:07");
  expect(utc("2026-11-28T13:03:07.125Z")).toBe("2026-11-28 13:03:07Z");
});

test("moments of one task are told apart by milliseconds", () => {
  expect(clockOf("2026-11-28T13:03:07.125400Z", true)).toBe("11-28 13:03:07.125");
  expect(clockOf("2026-11-28T13:03:07Z", true)).toBe("11-28 13:03:07.000");
});
