/** What jobs are that are folded away, said as it is: one that never ran is not done. */
import type { Job } from "../api/shapes";
import { counted } from "../ui/counted";
import { statusLook } from "../ui/status-look";

/** Such as "2 jobs done, 3 skipped". `more`: others like them are shown. */
export function foldedLabel(jobs: readonly Job[], more: boolean): string {
  const counts = new Map<Job["status"], number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  // Done ones first, whichever stands first in the plan.
  const kinds = [...counts].sort(([one], [other]) => one.localeCompare(other));
  return kinds
    .map(([status, count], index) => {
      const jobsOf = counted(count, more ? "more job" : "job");
      return `${index === 0 ? jobsOf : String(count)} ${statusLook(status).word}`;
    })
    .join(", ");
}
