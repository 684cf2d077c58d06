/** The statuses of tasks, by whether anything will still happen. */
import type { Status } from "./shapes";

export const UNENDED: readonly Status[] = [
  "in_progress",
  "canceling",
  "backed_off",
  "queued",
  "pending",
];

export const ENDED: readonly Status[] = [
  "done",
  "done_with_warnings",
  "failed",
  "timed_out",
  "canceled",
];
