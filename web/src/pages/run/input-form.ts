/** The fields of a form, read from the JSON Schema of a definition's inputs. */

export type FieldKind = "text" | "secret" | "integer" | "number" | "boolean" | "choice";

export interface InputField {
  name: string;
  kind: FieldKind;
  required: boolean;
  /** Null where there is none: then an empty field is not sent at all. */
  default: string | number | boolean | null;
  /** Of a choice. */
  choices: readonly string[];
  pattern: string | null;
  minimum: number | null;
  maximum: number | null;
  description: string;
}

type Schema = Record<string, unknown>;

/** In the order of the definition. */
export function fieldsOf(schema: unknown): InputField[] {
  if (!isSchema(schema) || !isSchema(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    isSchema(property) ? [fieldOf(name, property, required.includes(name))] : [],
  );
}

function fieldOf(name: string, schema: Schema, required: boolean): InputField {
  const { pattern, minimum, maximum, description } = schema;
  return {
    name,
    kind: kindOf(schema),
    required,
    default: defaultOf(schema.default),
    choices: Array.isArray(schema.enum)
      ? schema.enum.filter((one): one is string => typeof one === "string")
      : [],
    pattern: typeof pattern === "string" ? pattern : null,
    minimum: typeof minimum === "number" ? minimum : null,
    maximum: typeof maximum === "number" ? maximum : null,
    description: typeof description === "string" ? description : "",
  };
}

/** Optional inputs are also null in the schema, which the form writes as an empty field. */
function kindOf(schema: Schema): FieldKind {
  const types: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (Array.isArray(schema.enum)) return "choice";
  if (schema.format === "password") return "secret";
  for (const kind of ["integer", "number", "boolean"] as const) {
    if (types.includes(kind)) return kind;
  }
  return "text";
}

function defaultOf(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
