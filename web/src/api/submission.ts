import { type Accepted, useChange } from "./change";
import { post } from "./client";

export type InputValue = string | number | boolean;

export interface Submission {
  definition: string;
  inputs: Record<string, InputValue>;
  projectIds?: number[];
  force?: boolean;
  notBefore?: string;
}

/** Runs a definition. The same `once` never makes a second task, however often it is sent. */
export function useSubmit() {
  return useChange(({ wish, once }: { wish: Submission; once: string }) =>
    post<Accepted>("/tasks", wish, { headers: { "Idempotency-Key": once } }),
  );
}
