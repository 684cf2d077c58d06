/** What the server says, as it is shown: at the field that it is about, else beside the form. */
import { Problem } from "../api/problem";

/** A sentence: the server's messages begin small and have no full stop. */
export function told(message: string): string {
  const text = message.trim();
  if (text === "") return "Something went wrong.";
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** What is wrong with `field`. One that stands for the whole (`conflicts`) is told of a conflict,
 * too: a name that is taken is told at the name. */
export function problemAt(
  error: Error | null,
  field: string,
  conflicts = false,
): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const found = error.of(field) ?? (conflicts && error.conflict ? error.message : undefined);
  return found === undefined ? undefined : told(found);
}

/** What is wrong and stands at none of `fields`. */
export function problemBeside(
  error: Error | null,
  fields: readonly string[],
  conflicts = false,
): string | undefined {
  if (error === null) return undefined;
  if (!(error instanceof Problem)) return told(error.message);
  if (conflicts && error.conflict) return undefined;
  const rest = error.fields.filter((one) => !fields.includes(one.field));
  if (rest.length > 0) return rest.map((one) => told(one.detail)).join(" ");
  return error.fields.length > 0 ? undefined : told(error.message);
}
