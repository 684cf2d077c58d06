import { expect, test } from "vitest";
import { withoutInputs } from "./template";

test("what is not known yet is left open", () => {
  expect(withoutInputs("Deploy {{ inputs.version }} to {{inputs.env}}")).toBe("Deploy … to …");
  expect(withoutInputs("Restart")).toBe("Restart");
});
