import { expect, test } from "vitest";
import { firstEntries, readEntries, shownPattern, titleOf } from "./entries";
import { type FieldKind, type InputField } from "./input-form";

function field(kind: FieldKind, more: Partial<InputField> = {}): InputField {
  const none = { default: null, choices: [], pattern: null, minimum: null, maximum: null };
  return { name: "it", kind, required: false, description: "", ...none, ...more };
}

function read(one: InputField, entered: string) {
  const { inputs, problems } = readEntries([one], { it: entered });
  return problems.it ?? inputs.it;
}

test("the form begins with defaults, and with what the address holds in their place", () => {
  const fields = [
    field("integer", { name: "count", default: 2 }),
    field("boolean", { name: "migrate", default: false }),
    field("text", { name: "version" }),
  ];
  expect(firstEntries(fields, { version: "1.2" })).toEqual({
    count: "2",
    migrate: "false",
    version: "1.2",
  });
});

test("no secret is taken from the address", () => {
  const token = field("secret", { name: "token" });
  expect(firstEntries([token], { token: "hunter2" })).toEqual({ token: "" });
});

test("what is not entered is not sent, unless it is needed", () => {
  expect(readEntries([field("text")], { it: "" })).toEqual({ inputs: {}, problems: {} });
  for (const kind of ["text", "secret", "integer", "number", "boolean", "choice"] as const) {
    expect(readEntries([field(kind, { required: true })], {}).problems).toHaveProperty("it");
  }
});

test("spaces are a text", () => {
  expect(read(field("text", { required: true }), "  ")).toBe("  ");
});

test.each([
  ["7", 7],
  [" 7 ", 7],
  ["-3", -3],
  ["+3", 3],
  ["7.5", "A whole number."],
  ["1e3", "A whole number."],
  ["0x10", "A whole number."],
  ["seven", "A whole number."],
  [" ", "A whole number."],
  ["9007199254740993", "Too large to be sent from a browser."],
])("as a whole number %j is %j", (entered, expected) => {
  expect(read(field("integer"), entered)).toBe(expected);
});

test.each([
  ["7.5", 7.5],
  ["1e3", 1000],
  ["Infinity", "A number."],
  ["7,5", "A number."],
])("as a number %j is %j", (entered, expected) => {
  expect(read(field("number"), entered)).toBe(expected);
});

test("numbers have bounds", () => {
  const bounded = field("integer", { minimum: 1, maximum: 9 });
  expect(read(bounded, "0")).toBe("At least 1.");
  expect(read(bounded, "10")).toBe("At most 9.");
  expect(read(bounded, "9")).toBe(9);
});

test("a boolean is one", () => {
  expect(read(field("boolean"), "true")).toBe(true);
  expect(read(field("boolean"), "false")).toBe(false);
});

test("a choice is one of the choices", () => {
  const choice = field("choice", { choices: ["a", "b"] });
  expect(read(choice, "b")).toBe("b");
  expect(read(choice, "c")).toBe("One of a, b.");
});

test("a pattern holds for all of a text, and is shown as its author wrote it", () => {
  const version = field("text", { pattern: "^(?:\\d+\\.\\d+|next)$" });
  expect(read(version, "1.4")).toBe("1.4");
  expect(read(version, "1.4-beta")).toBe("It must match \\d+\\.\\d+|next.");
  expect(shownPattern("^(?:a|b)$")).toBe("a|b");
  expect(shownPattern("a|b")).toBe("a|b");
});

test("a pattern that only the server understands is left to it", () => {
  expect(read(field("text", { pattern: "^(?:(?P<year>\\d+))$" }), "x")).toBe("x");
});

test("everything that is wrong is told at once", () => {
  const fields = [
    field("text", { name: "a", required: true }),
    field("integer", { name: "b" }),
    field("text", { name: "c" }),
  ];
  const { inputs, problems } = readEntries(fields, { a: "", b: "x", c: "fine" });
  expect(Object.keys(problems)).toEqual(["a", "b"]);
  expect(inputs).toEqual({ c: "fine" });
});

test("a title shows what is entered, what is missing, and never a secret", () => {
  const fields = [
    field("text", { name: "version" }),
    field("text", { name: "stage" }),
    field("secret", { name: "token" }),
  ];
  const template = "Deploy {{ inputs.version }} to {{inputs.stage}} with {{ inputs.token }}";
  const entries = { version: "{{ inputs.token }}", token: "hunter2" };
  expect(titleOf(template, fields, entries)).toBe(
    "Deploy {{ inputs.token }} to ‹stage› with ‹token›",
  );
});
