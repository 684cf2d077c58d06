import { expect, test } from "vitest";
import type { Key } from "../../api/keys";
import { shortened, stateOf } from "./key-state";

const KEY = { id: 9, prefix: "Jx1Yt0Wq", expiresAt: null, revokedAt: null } as Key;
const now = Date.parse("2026-01-01T12:00:00Z");

test("a key works until it expires or is revoked", () => {
  expect(stateOf(KEY, now)).toBe("active");
  expect(stateOf({ ...KEY, expiresAt: "2026-01-01T12:00:01Z" }, now)).toBe("active");
  expect(stateOf({ ...KEY, expiresAt: "2026-01-01T12:00:00Z" }, now)).toBe("expired");
  expect(stateOf({ ...KEY, revokedAt: "2026-01-01T10:00:00Z" }, now)).toBe("revoked");
});

test("a key is known again by its beginning", () => {
  expect(shortened(KEY)).toBe("tt_9_Jx1Yt0Wq…");
});
