import type { Task } from "../api/shapes";
import { Notice } from "../ui/notice";
import { HistoryTab } from "./history";

/** Something that was done at once: there is nothing to run, but who and when are on record. */
export function Immediate({ task }: { task: Task }) {
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="note">
        This was done at the moment it was recorded; it has no jobs and no log.
      </Notice>
      <div className="rounded-xl border border-line bg-surface">
        <HistoryTab task={task} />
      </div>
    </div>
  );
}
