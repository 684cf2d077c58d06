import { expect, test } from "vitest";
import { viewOf } from "./view";

const view = (address: string) => viewOf(new URLSearchParams(address));

test("without anything in the address the log is shown, of whichever step there is to see", () => {
  expect(view("")).toEqual({ tab: "log", step: null, attempt: null, lines: null, search: "" });
});

test("tab, step, attempt, lines and search are in the address", () => {
  expect(view("tab=graph&step=7&attempt=2&lines=3-9&q=a%20b")).toEqual({
    tab: "graph",
    step: 7,
    attempt: 2,
    lines: { first: 3, last: 9 },
    search: "a b",
  });
});

test.each(["constructor", "toString", "nothing", ""])("%j is no tab", (tab) => {
  expect(view(`tab=${tab}`).tab).toBe("log");
});

test.each([
  ["5", { first: 5, last: 5 }],
  ["9-3", { first: 3, last: 9 }],
  ["0", null],
  ["-3", null],
  ["3-", null],
  ["1e3", null],
])("the lines %j are %j", (lines, wanted) => {
  expect(view(`lines=${lines}`).lines).toEqual(wanted);
});

test.each(["0", "-1", "1.5", "x", "99999999999999999999"])("%j is the id of no step", (id) => {
  expect(view(`step=${id}`).step).toBeNull();
});
