import { expect, test } from "vitest";
import { failedSignIn } from "./single-sign-on";

test("a failed single sign-on is told in words of this page", () => {
  expect(failedSignIn("#error=denied&message=Call+0900")).toBe(
    "The sign-in service did not let you through.",
  );
  expect(failedSignIn("#error=whatever&message=Call+0900")).not.toContain("0900");
  expect(failedSignIn("#error=constructor")).toContain("You cannot sign in here");
});

test("an address without an error tells of none", () => {
  expect(failedSignIn("")).toBeNull();
  expect(failedSignIn("#token")).toBeNull();
});
