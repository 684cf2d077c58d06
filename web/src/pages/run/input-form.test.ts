import { expect, test } from "vitest";
import { fieldsOf } from "./input-form";

const SCHEMA = {
  type: "object",
  properties: {
    version: { type: "string", description: "What to deploy", pattern: "^(?:\\d+)$" },
    token: { type: "string", format: "password", writeOnly: true },
    replicas: { type: ["integer", "null"], default: 2, minimum: 1, maximum: 9 },
    patience: { type: ["number", "null"] },
    migrate: { type: ["boolean", "null"], default: true },
    stage: { type: ["string", "null"], enum: ["staging", "production", null], default: "staging" },
  },
  required: ["version", "token"],
  additionalProperties: false,
};

test("each type of input has its kind of field, in the order of the definition", () => {
  expect(fieldsOf(SCHEMA).map((one) => [one.name, one.kind])).toEqual([
    ["version", "text"],
    ["token", "secret"],
    ["replicas", "integer"],
    ["patience", "number"],
    ["migrate", "boolean"],
    ["stage", "choice"],
  ]);
});

test("what is required, given already and allowed is known", () => {
  const [version, , replicas, , , stage] = fieldsOf(SCHEMA);
  expect(version).toMatchObject({ required: true, default: null, pattern: "^(?:\\d+)$" });
  expect(version?.description).toBe("What to deploy");
  expect(replicas).toMatchObject({ required: false, default: 2, minimum: 1, maximum: 9 });
  expect(stage).toMatchObject({ choices: ["staging", "production"], default: "staging" });
});

test("a schema that is none has no fields", () => {
  for (const schema of [null, 7, [], {}, { properties: [] }, { properties: { a: 1 } }]) {
    expect(fieldsOf(schema)).toEqual([]);
  }
});
