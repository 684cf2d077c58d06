import { expect, test } from "vitest";
import type { Definition, Task } from "../api/shapes";
import type { Page } from "./pages";
import { entriesFor } from "./palette-entries";

const PAGES = [
  { to: "/tasks", label: "Tasks" },
  { to: "/keys", label: "API keys" },
] as unknown as Page[];
const TASKS = [
  { id: 12, title: "Deploy 1.4.2", name: "deploy", status: "failed" },
  { id: 7, title: "Restore keys", name: "restore" },
] as unknown as Task[];
const DEFINITIONS = [{ name: "deploy", title: "Deploy {{ inputs.version }}" }] as Definition[];

const goals = (typed: string) =>
  entriesFor(typed, PAGES, TASKS, DEFINITIONS).map((entry) => entry.to);

test("before anything is typed there are the pages and the recent tasks", () => {
  expect(goals("")).toEqual(["/tasks", "/keys", "/tasks/12", "/tasks/7"]);
});

test.each(["4711", "#4711", " 4711 "])("%j leads to the task with that number", (typed) => {
  expect(goals(typed)[0]).toBe("/tasks/4711");
});

test("a recent task is shown by its title, and once", () => {
  const entries = entriesFor("#12", PAGES, TASKS, DEFINITIONS);
  expect(entries[0]).toMatchObject({ to: "/tasks/12", text: "Deploy 1.4.2", status: "failed" });
  expect(entries.filter((entry) => entry.to === "/tasks/12")).toHaveLength(1);
});

test("a reference for support leads to the attempt that it is about", () => {
  expect(goals("T4711-S12-A2")[0]).toBe("/tasks/4711?step=12&attempt=2");
});

test("beginnings come first, then words, then what is in the details", () => {
  expect(goals("key")).toEqual(["/keys", "/tasks/7", "/tasks?search=key"]);
  expect(goals("deploy")).toEqual(["/tasks/12", "/run/deploy", "/tasks?search=deploy"]);
});

test("whatever is typed can be searched for", () => {
  expect(goals("a&b c")).toEqual(["/tasks?search=a%26b%20c"]);
});

test("a definition is told by its title without what its inputs will be", () => {
  const entries = entriesFor("run deploy", PAGES, TASKS, DEFINITIONS);
  expect(entries.find((one) => one.kind === "definition")?.detail).toBe("Deploy …");
});
