import { type NodeProps, useStore } from "@xyflow/react";
import { classNames } from "../../ui/class-names";
import { StatusIcon } from "../../ui/status-badge";
import { SOFT, statusLook } from "../../ui/status-look";
import { Duration } from "../../ui/time";
import { SystemMark } from "../system-mark";
import { isFailure } from "../trouble";
import type { JobNode } from "./layout";

/** Below this the words are too small to be read. */
const LEGIBLE = 0.45;

/** A job: what it is, and how it goes, by icon and word; from far away by a large icon. */
export function JobNodeView({ data: { job }, selected }: NodeProps<JobNode>) {
  const far = useStore(({ transform: [, , zoom] }) => zoom < LEGIBLE);
  const look = classNames(
    "flex size-full items-center rounded-xl border text-sm",
    isFailure(job.status) ? "border-bad" : "border-line-strong",
    selected && "outline-2 outline-accent",
  );
  if (far) {
    return (
      <div
        title={job.title}
        className={classNames(look, "justify-center", SOFT[statusLook(job.status).tone])}
      >
        <StatusIcon status={job.status} size={40} />
      </div>
    );
  }
  return (
    <div className={classNames(look, "gap-2.5 bg-surface px-3")}>
      <StatusIcon status={job.status} size={17} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{job.title}</p>
        <p className="flex justify-between gap-2 text-xs text-muted">
          <span aria-hidden>{statusLook(job.status).word}</span>
          <Duration from={job.startedAt} to={job.endedAt} />
        </p>
      </div>
      {job.isSystem && <SystemMark />}
    </div>
  );
}
