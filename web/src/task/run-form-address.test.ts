import { expect, test } from "vitest";
import { filledRunFormOf } from "./run-form-address";

test("the run form is filled with what a task was given, and never with a secret", () => {
  const inputs = {
    version: "1.4.2 & more",
    replicas: 3,
    dry: false,
    note: null,
    token: "********",
  };
  expect(filledRunFormOf({ name: "shop/deploy", inputs })).toBe(
    "/run/shop%2Fdeploy?version=1.4.2+%26+more&replicas=3&dry=false&note=",
  );
});
