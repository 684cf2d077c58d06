/** Why the API did not do what was asked: a problem response, or no response at all. */
export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

export class Problem extends Error {
  constructor(
    /** 0 when there was no answer. */
    readonly status: number,
    message: string,
    readonly code: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  get notFound(): boolean {
    return this.status === 404;
  }

  /** Whether the thing is not, or no longer, in a state that allows it. */
  get conflict(): boolean {
    return this.status === 409;
  }

  /** What is wrong with one field, if anything is. */
  of(field: string): string | undefined {
    return this.fields.find((one) => one.field === field)?.detail;
  }
}

/** The problem that an answer tells about; proxies and crashes may answer with anything. */
export async function problemOf(response: Response): Promise<Problem> {
  const told: unknown = await response.json().catch(() => null);
  const fields = told !== null && typeof told === "object" ? (told as Record<string, unknown>) : {};
  const text = [fields.message, fields.detail, fields.title].find(
    (one) => typeof one === "string" && one !== "",
  );
  return new Problem(
    response.status,
    typeof text === "string" ? text : `The server answered ${String(response.status)}.`,
    typeof fields.code === "string" ? fields.code : "unknown",
    Array.isArray(fields.errors) ? (fields.errors as FieldProblem[]) : [],
    Number(response.headers.get("Retry-After")) || null,
  );
}

/** An answer that was cut off, or that something before the server gave. */
export function unreadable(): Problem {
  return new Problem(0, "The answer of the server cannot be read.", "unreadable");
}

export function unreachable(): Problem {
  return new Problem(0, "The server cannot be reached.", "unreachable");
}
