import { Lock } from "lucide-react";
import type { Task } from "../api/shapes";
import { counted } from "../ui/counted";

/** Owners see that there are parts of the system, and not which (M19). */
export function HiddenParts({ task }: { task: Task }) {
  const steps = task.jobs.reduce((sum, job) => sum + job.hiddenSteps, 0);
  const parts = [
    ...(task.hiddenJobs > 0 ? [counted(task.hiddenJobs, "job")] : []),
    ...(steps > 0 ? [counted(steps, "step")] : []),
  ];
  if (parts.length === 0) return null;
  return (
    <p className="flex gap-2 px-3 py-1 text-xs text-muted" title="Support sees them.">
      <Lock size={13} aria-hidden className="mt-px shrink-0" />
      Not shown: {parts.join(" and ")} of the system
    </p>
  );
}
