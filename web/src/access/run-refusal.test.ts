import { expect, test } from "vitest";
import { refusalOf } from "./run-refusal";

test("who may not run something is told whom to ask for what", () => {
  expect(refusalOf("member")).toContain("Ask an owner or admin for the right to write");
  expect(refusalOf("support")).toContain("An owner has to open this definition to support");
});
