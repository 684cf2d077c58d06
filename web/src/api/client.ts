/** The one way to the API: same origin, session cookie, problems as exceptions. */
import { chosenOrganization } from "./chosen-organization";
import { problemOf, unreachable, unreadable } from "./problem";
import { noteServerTime } from "./server-time";

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export function get<T>(path: string, options: Options = {}): Promise<T> {
  return ask<T>("GET", path, options);
}

export function post<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  return ask<T>("POST", path, { ...options, body });
}

export function put<T>(path: string, body?: unknown): Promise<T> {
  return ask<T>("PUT", path, { body });
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return ask<T>("PATCH", path, { body });
}

export function remove<T>(path: string): Promise<T> {
  return ask<T>("DELETE", path, {});
}

/** `path` with `query`, and the organization that it is about, if one was chosen; lists are separated
 * by commas, what is empty is left out. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  const organization = chosenOrganization();
  if (organization !== null) parameters.set("orgId", String(organization));
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(",") : value === undefined ? "" : String(value);
    if (text !== "") parameters.set(name, text);
  }
  const text = parameters.toString();
  return `/v1${path}${text === "" ? "" : `?${text}`}`;
}

async function ask<T>(method: string, path: string, options: Options): Promise<T> {
  const response = await send(method, path, options);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw isAbort(error) ? error : unreadable();
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers(options.headers);
  const request: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal !== undefined) request.signal = options.signal;
  if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    request.body = JSON.stringify(options.body);
  }
  const sent = Date.now();
  try {
    const response = await fetch(address(path, options.query), request);
    noteServerTime(response.headers.get("Date"), sent, Date.now());
    return response;
  } catch (error) {
    throw isAbort(error) ? error : unreachable();
  }
}
