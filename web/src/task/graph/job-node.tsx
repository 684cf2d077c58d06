import { type NodeProps, useStore } from "@xyflow/react";
import { classNames } from "../../ui/class-names";
import { StatusIcon } from "../../ui/status-badge";
import { SOFT, statusLook } from "../../ui/status-look";
import { Duration } from "../../ui/time";
import { SystemMark } from "../system-mark";
import { isFailure } from "../trouble";
import type { JobNode } from "./layout";

/** Below these zooms the words of the level above are too small to be read. */
const LEGIBLE = 0.45;
const TWO_LINES = 0.34;
const ONE_LINE = 0.2;

type Level = "near" | "two lines" | "one line" | "icon";

function levelOf(zoom: number): Level {
  if (zoom >= LEGIBLE) return "near";
  if (zoom >= TWO_LINES) return "two lines";
  return zoom >= ONE_LINE ? "one line" : "icon";
}

/** A job: what it is, and how it goes, by icon and word; from further away by an icon and its title,
 * which is the larger the further away it is, and from far away by a large icon. */
export function JobNodeView({ data: { job }, selected }: NodeProps<JobNode>) {
  const level = useStore(({ transform: [, , zoom] }) => levelOf(zoom));
  const look = classNames(
    "flex size-full items-center rounded-xl border text-sm",
    isFailure(job.status) ? "border-bad" : "border-line-strong",
    selected && "outline-2 outline-accent",
  );
  if (level !== "near") {
    return (
      <div
        title={job.title}
        className={classNames(
          look,
          "gap-2 overflow-hidden px-2",
          level === "icon" && "justify-center",
          SOFT[statusLook(job.status).tone],
        )}
      >
        <StatusIcon status={job.status} size={level === "icon" ? 40 : 28} />
        {level !== "icon" && (
          <p
            className={classNames(
              "min-w-0 font-medium tracking-tight text-text",
              level === "two lines"
                ? "line-clamp-2 text-[26px] leading-[1.1] [overflow-wrap:anywhere]"
                : "truncate text-[38px] leading-tight",
            )}
          >
            {job.title}
          </p>
        )}
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
