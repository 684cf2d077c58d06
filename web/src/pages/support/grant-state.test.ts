import { expect, test } from "vitest";
import type { SupportGrant } from "../../api/support";
import { endOf, opens, stateOf } from "./grant-state";

const OPENED: SupportGrant = {
  id: 1,
  definitions: ["deploy"],
  reason: "",
  openedBy: { id: 1, name: "Ann" },
  openedAt: "2026-01-01T00:00:00Z",
  expiresAt: "2026-01-02T00:00:00Z",
  closedAt: null,
  closedBy: null,
};
const noon = Date.parse("2026-01-01T12:00:00Z");
const later = Date.parse("2026-01-02T00:00:00Z");

test("access is open until it expires or is closed", () => {
  expect(stateOf(OPENED, noon)).toBe("open");
  expect(stateOf(OPENED, later)).toBe("expired");
  expect(stateOf({ ...OPENED, closedAt: "2026-01-01T06:00:00Z" }, noon)).toBe("closed");
});

test("it ends by whichever comes first", () => {
  expect(endOf(OPENED)).toBe(OPENED.expiresAt);
  expect(endOf({ ...OPENED, closedAt: "2026-01-01T06:00:00Z" })).toBe("2026-01-01T06:00:00Z");
  expect(endOf({ ...OPENED, closedAt: "2026-01-03T06:00:00Z" })).toBe(OPENED.expiresAt);
});

test("it is about its definitions, or about all", () => {
  expect([opens(OPENED, "deploy"), opens(OPENED, "backup")]).toEqual([true, false]);
  expect(opens({ ...OPENED, definitions: ["*"] }, "backup")).toBe(true);
});
