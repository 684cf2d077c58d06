/** What somebody has entered into the form of a definition, and what the inputs are by it. */
import type { InputValue } from "../../api/submission";
import type { InputField } from "./input-form";

/** By the name of the input; a boolean is "true", "false" or "". */
export type Entries = Readonly<Record<string, string>>;

export interface Reading {
  inputs: Record<string, InputValue>;
  /** What is wrong, by the name of the input. */
  problems: Record<string, string>;
}

/** The form as it is at first: with the defaults, and `given` in their place. No secret is taken from
 * there: it would be an address, which browsers keep. */
export function firstEntries(fields: readonly InputField[], given: Entries = {}): Entries {
  return Object.fromEntries(
    fields.map(({ name, kind, default: fallback }) => {
      const entered = kind === "secret" ? undefined : given[name];
      return [name, entered ?? textOf(fallback)];
    }),
  );
}

/** All that is wrong at once, and the inputs as far as they are right. */
export function readEntries(fields: readonly InputField[], entries: Entries): Reading {
  const reading: Reading = { inputs: {}, problems: {} };
  for (const field of fields) {
    const read = readOne(field, entries[field.name] ?? "");
    if ("problem" in read) reading.problems[field.name] = read.problem;
    else if (read.value !== null) reading.inputs[field.name] = read.value;
  }
  return reading;
}

type Read = { problem: string } | { value: InputValue | null };

function readOne(field: InputField, entered: string): Read {
  // A text of spaces is a text; nothing at all is not.
  if (entered === "") return field.required ? { problem: wanting(field) } : { value: null };
  switch (field.kind) {
    case "integer":
    case "number":
      return readNumber(field, entered.trim());
    case "boolean":
      return { value: entered === "true" };
    case "choice":
      return field.choices.includes(entered)
        ? { value: entered }
        : { problem: `One of ${field.choices.join(", ")}.` };
    case "text":
    case "secret":
      return matches(field.pattern, entered)
        ? { value: entered }
        : { problem: `It must match ${shownPattern(field.pattern)}.` };
  }
}

function readNumber(field: InputField, entered: string): Read {
  const value = Number(entered);
  if (entered === "" || !Number.isFinite(value)) {
    return { problem: field.kind === "integer" ? "A whole number." : "A number." };
  }
  if (field.kind === "integer") {
    if (!/^[+-]?\d+$/.test(entered)) return { problem: "A whole number." };
    // JavaScript would send another number.
    if (!Number.isSafeInteger(value)) return { problem: "Too large to be sent from a browser." };
  }
  if (field.minimum !== null && value < field.minimum) {
    return { problem: `At least ${String(field.minimum)}.` };
  }
  if (field.maximum !== null && value > field.maximum) {
    return { problem: `At most ${String(field.maximum)}.` };
  }
  return { value };
}

/** A pattern that JavaScript does not know is left to the server to check. */
function matches(pattern: string | null, text: string): boolean {
  if (pattern === null) return true;
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

/** Without what makes it match all of the value, as its author wrote it. */
export function shownPattern(pattern: string | null): string {
  return (pattern ?? "").replace(/^\^\(\?:(.*)\)\$$/s, "$1");
}

function wanting(field: InputField): string {
  return field.kind === "choice" || field.kind === "boolean" ? "Choose one." : "This is needed.";
}

function textOf(value: string | number | boolean | null): string {
  return value === null ? "" : String(value);
}

/** A title with what is entered so far; what is not known yet stands as `‹version›`. */
export function titleOf(template: string, fields: readonly InputField[], entries: Entries): string {
  return template.replace(/\{\{\s*inputs\.([A-Za-z0-9_-]+)\s*\}\}/g, (_, name: string) => {
    const secret = fields.some((field) => field.name === name && field.kind === "secret");
    const entered = secret ? "" : (entries[name] ?? "");
    return entered === "" ? `‹${name}›` : entered;
  });
}
