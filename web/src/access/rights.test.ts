import { expect, test } from "vitest";
import { roleAllows, rolesToGive } from "./rights";

test("only owners deal with owners, admins and support", () => {
  expect(rolesToGive("owner")).toEqual(["owner", "admin", "member", "support"]);
  expect(rolesToGive("admin")).toEqual(["member"]);
  expect(rolesToGive("member")).toEqual([]);
  expect(rolesToGive("support")).toEqual([]);
});

test.each([
  ["owner", true, true],
  ["admin", true, false],
  ["support", true, false],
  ["member", false, false],
] as const)("%s sees support access: %s; opens it: %s", (role, sees, opens) => {
  expect(roleAllows(role, "support:see")).toBe(sees);
  expect(roleAllows(role, "support:manage")).toBe(opens);
});

test("members and support administer nothing", () => {
  for (const right of ["member:manage", "team:manage", "project:create", "key:manage"] as const) {
    expect([roleAllows("member", right), roleAllows("support", right)]).toEqual([false, false]);
  }
});
