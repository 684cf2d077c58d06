import { Handle, Position, type NodeProps } from "@xyflow/react";
import { classNames } from "../../ui/class-names";
import { StatusIcon } from "../../ui/status-badge";
import { statusLook } from "../../ui/status-look";
import { Duration } from "../../ui/time";
import { SystemMark } from "../job-list";
import { isFailure } from "../trouble";
import type { JobNode } from "./layout";

/** A job: what it is, and how it goes, by icon and word. */
export function JobNodeView({ data: { job }, selected }: NodeProps<JobNode>) {
  return (
    <div
      className={classNames(
        "flex size-full items-center gap-2.5 rounded-xl border bg-surface px-3 text-sm",
        isFailure(job.status) ? "border-bad" : "border-line-strong",
        selected && "outline-2 outline-accent",
      )}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className="invisible" />
      <StatusIcon status={job.status} size={17} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{job.title}</p>
        <p className="flex justify-between gap-2 text-xs text-muted">
          <span aria-hidden>{statusLook(job.status).word}</span>
          <Duration from={job.startedAt} to={job.endedAt} />
        </p>
      </div>
      {job.isSystem && <SystemMark />}
      <Handle type="source" position={Position.Right} isConnectable={false} className="invisible" />
    </div>
  );
}
