/** The same submission as a command line and for curl. A secret is never in it: both take it from
 * an environment variable. */
import type { InputValue, Submission } from "../../api/submission";
import type { InputField } from "./input-form";

export interface Spoken {
  wish: Submission;
  fields: readonly InputField[];
  /** The names of `wish.projectIds`; the command line knows projects by name. */
  projects: readonly string[];
  /** Of this server. */
  origin: string;
}

export function asCommand({ wish, fields, projects, origin }: Spoken): string {
  const inputs = Object.entries(wish.inputs).map(([name, value]) =>
    isSecret(fields, name)
      ? ["--input-env", `${name}=${variableOf(name)}`]
      : ["-i", `${name}=${argumentOf(value)}`],
  );
  const options = [
    ...inputs,
    ...projects.map((name) => ["--project", name]),
    ...(wish.force === true ? [["--forced"]] : []),
    ...(wish.notBefore === undefined ? [] : [["--not-before", wish.notBefore]]),
  ];
  const lines = options.map((words) => words.map(quoted).join(" "));
  return [
    `TASKTRAIL_URL=${quoted(origin)} tasktrail run ${quoted(wish.definition)}`,
    ...lines,
  ].join(" \\\n  ");
}

export function asCurl({ wish, fields, origin }: Spoken): string {
  const secrets = Object.keys(wish.inputs).filter((name) => isSecret(fields, name));
  const open = Object.fromEntries(
    Object.entries(wish.inputs).filter(([name]) => !secrets.includes(name)),
  );
  const body = JSON.stringify({ ...wish, inputs: open });
  const call = [
    `curl ${quoted(`${origin}/v1/tasks`)}`,
    '-H "X-API-KEY: $TASKTRAIL_API_KEY"',
    "-H 'Content-Type: application/json'",
  ].join(" \\\n  ");
  if (secrets.length === 0) return `${call} \\\n  -d ${quoted(body)}`;
  const filter = secrets
    .map((name) => `.inputs[${JSON.stringify(name)}] = env.${variableOf(name)}`)
    .join(" | ");
  return `jq -n ${quoted(`${body} | ${filter}`)} | ${call} \\\n  -d @-`;
}

/** The environment variable that a secret is taken from. */
export function variableOf(input: string): string {
  const name = input.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** A word of a POSIX shell that stands for exactly this text. */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line takes `@name` for a file, and `@@name` for the text `@name`. */
function argumentOf(value: InputValue): string {
  const text = String(value);
  return text.startsWith("@") ? `@${text}` : text;
}

function isSecret(fields: readonly InputField[], name: string): boolean {
  return fields.some((field) => field.name === name && field.kind === "secret");
}
