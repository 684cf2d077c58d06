/** When a step that has backed off is tried again, and which attempt that will be. */
import type { Step } from "../api/shapes";
import { duration } from "../ui/times";

export interface NextTry {
  /** Such as "in 8 s". */
  when: string;
  /** Such as "attempt 2 of 3". */
  attempt: string;
}

/** Null where nothing is waited for; `now` is in milliseconds. */
export function nextTry(
  step: Pick<Step, "status" | "attempts" | "maxAttempts">,
  now: number,
): NextTry | null {
  const last = step.attempts.at(-1);
  if (step.status !== "backed_off" || last?.retryAt == null) return null;
  const left = Math.ceil((Date.parse(last.retryAt) - now) / 1000);
  return {
    when: left > 0 ? `in ${duration(left * 1000)}` : "now",
    attempt: `attempt ${String(last.number + 1)} of ${String(step.maxAttempts)}`,
  };
}
