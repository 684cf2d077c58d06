import { expect, test } from "vitest";
import type { Task } from "../api/shapes";
import { type OwnRoles, taskRefusal } from "./task-refusal";

const SHOP = { id: 3, title: "shop" };
const BLOG = { id: 4, title: "blog" };
const own = (role: "owner" | "admin" | "member" | "support") => ({
  userId: 7,
  organization: { id: 1, name: "acme", role },
});
const task = (
  author: number | null,
  ...projects: (typeof SHOP)[]
): Pick<Task, "projects" | "author"> => ({
  projects,
  author: { id: author, kind: "user", name: "Carl", role: "member" },
});
const writes: OwnRoles = new Map([[3, "write"]]);
const reads: OwnRoles = new Map([[3, "read"]]);

test("nothing is known against who has rights everywhere, nor what is open to support", () => {
  for (const role of ["owner", "admin", "support"] as const) {
    expect(taskRefusal("cancel", task(1, SHOP), own(role), new Map())).toBeNull();
    expect(taskRefusal("rerun", task(1, SHOP), own(role), new Map())).toBeNull();
  }
});

test("a member needs to write in every project of the task", () => {
  expect(taskRefusal("rerun", task(1, SHOP), own("member"), writes)).toBeNull();
  expect(taskRefusal("rerun", task(1, SHOP), own("member"), new Map([[3, "admin"]]))).toBeNull();
  expect(taskRefusal("rerun", task(7, SHOP), own("member"), reads)).toContain("write in shop");
  expect(taskRefusal("rerun", task(7, SHOP, BLOG), own("member"), writes)).toContain("in blog");
});

test("a member cancels only what they have begun themselves", () => {
  expect(taskRefusal("cancel", task(7, SHOP), own("member"), writes)).toBeNull();
  expect(taskRefusal("cancel", task(7, SHOP), own("member"), reads)).toContain("write in shop");
  expect(taskRefusal("cancel", task(8, SHOP), own("member"), writes)).toContain("Carl, admins");
  expect(taskRefusal("cancel", task(null, SHOP), own("member"), writes)).not.toBeNull();
});
