import { expect, test } from "vitest";
import { rerunRule } from "./rerun-rule";

test("what did not end well is run again unless its definition says never", () => {
  for (const status of ["failed", "timed_out", "canceled", "done_with_warnings"] as const) {
    expect(rerunRule({ rerunnable: "failed", status })).toBeNull();
    expect(rerunRule({ rerunnable: "never", status })).toContain("no task");
  }
});

test("what is done is run again only where its definition says always", () => {
  expect(rerunRule({ rerunnable: "always", status: "done" })).toBeNull();
  expect(rerunRule({ rerunnable: "failed", status: "done" })).toContain("did not end well");
});
