import { expect, test } from "vitest";
import { Problem } from "../api/problem";
import { problemAt, problemBeside, told } from "./told";

const wrong = new Problem(422, "some values are wrong", "invalid_input", [
  { field: "name", code: "invalid", detail: "the name must have 1 to 200 characters" },
  { field: "other", code: "invalid", detail: "this is nothing" },
]);
const taken = new Problem(409, "there is a team 'a' already", "conflict");

test("a message is shown as a sentence", () => {
  expect(told("there is a team already")).toBe("There is a team already.");
  expect(told("Again?")).toBe("Again?");
});

test("what is wrong with a field is told there, and the rest beside the form", () => {
  expect(problemAt(wrong, "name")).toBe("The name must have 1 to 200 characters.");
  expect(problemBeside(wrong, ["name"])).toBe("This is nothing.");
  expect(problemBeside(wrong, ["name", "other"])).toBeUndefined();
});

test("a conflict is told at the field that stands for the whole", () => {
  expect(problemAt(taken, "name", true)).toBe("There is a team 'a' already.");
  expect(problemBeside(taken, ["name"], true)).toBeUndefined();
  expect(problemAt(taken, "name")).toBeUndefined();
  expect(problemBeside(taken, ["name"])).toBe("There is a team 'a' already.");
});

test("no answer is told beside the form", () => {
  expect(problemBeside(new Error("no network"), ["name"])).toBe("No network.");
  expect(problemBeside(null, ["name"])).toBeUndefined();
});
