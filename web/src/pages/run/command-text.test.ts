import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { Submission } from "../../api/submission";
import { asCommand, asCurl, quoted, variableOf } from "./command-text";
import type { FieldKind, InputField } from "./input-form";

function field(name: string, kind: FieldKind): InputField {
  const none = { default: null, choices: [], pattern: null, minimum: null, maximum: null };
  return { name, kind, required: false, description: "", ...none };
}

const NASTY = ["it's", "$(touch x)", "`id`", "a b", '"', "\\", "two\nlines", "", "!", "-i", "ä"];

function spoken(wish: Partial<Submission>, fields: InputField[] = [], projects: string[] = []) {
  const origin = "https://tasks.example.com";
  return { wish: { definition: "deploy", inputs: {}, ...wish }, fields, projects, origin };
}

/** The words that a shell makes of a command. */
function words(command: string): string[] {
  const show = 'show() { for word; do printf "%s\\0" "$word"; done; }\n';
  const script = show + command.replace(/^(TASKTRAIL_URL=\S+ )?\w+/, "show");
  return execFileSync("sh", ["-c", script], { encoding: "utf-8" }).split("\0").slice(0, -1);
}

test.each(NASTY)("a shell reads %j as one word, unchanged", (text) => {
  expect(words(`echo ${quoted(text)}`)).toEqual([text]);
});

test.each(NASTY)("an input of %j reaches the command line unchanged", (text) => {
  const command = asCommand(spoken({ inputs: { note: text } }));
  expect(words(command)).toEqual(["run", "deploy", "-i", `note=${text}`]);
});

test.each(NASTY)("an input of %j reaches the API unchanged", (text) => {
  const wish = { inputs: { note: text } };
  const sent = words(asCurl(spoken(wish))).at(-1) ?? "";
  expect(JSON.parse(sent)).toEqual({ definition: "deploy", ...wish });
});

test("a value that would name a file is written so that it is a text", () => {
  expect(asCommand(spoken({ inputs: { who: "@root" } }))).toContain("-i who=@@root");
});

test("a secret is in neither text: both take it from the environment", () => {
  const given = spoken({ inputs: { token: "hunter2", version: "1.4" } }, [
    field("token", "secret"),
    field("version", "text"),
  ]);
  expect(asCommand(given)).toContain("--input-env token=TOKEN");
  expect(asCommand(given)).not.toContain("hunter2");
  expect(asCurl(given)).toContain('.inputs["token"] = env.TOKEN');
  expect(asCurl(given)).not.toContain("hunter2");
});

test("projects, force and time are said as the command line wants them", () => {
  const wish = { projectIds: [3], force: true, notBefore: "2026-11-24T16:00:00.000Z" };
  expect(words(asCommand(spoken(wish, [], ["my shop"])))).toEqual([
    "run",
    "deploy",
    "--project",
    "my shop",
    "--forced",
    "--not-before",
    "2026-11-24T16:00:00.000Z",
  ]);
  const sent = words(asCurl(spoken(wish))).at(-1) ?? "";
  expect(JSON.parse(sent)).toEqual({ definition: "deploy", inputs: {}, ...wish });
});

test.each([
  ["token", "TOKEN"],
  ["api-key", "API_KEY"],
  ["2nd.key", "_2ND_KEY"],
])("the secret %j comes from the variable %s", (input, variable) => {
  expect(variableOf(input)).toBe(variable);
});
