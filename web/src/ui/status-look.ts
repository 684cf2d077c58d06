import {
  Ban,
  Check,
  CircleDashed,
  Clock,
  Hourglass,
  type LucideIcon,
  Loader,
  Octagon,
  RotateCcw,
  SkipForward,
  TimerOff,
  TriangleAlert,
  X,
} from "lucide-react";
import type { Status } from "../api/shapes";

export type Tone = "good" | "bad" | "warn" | "busy" | "idle";

export interface StatusLook {
  /** The word for people: a status is never told by colour alone. */
  word: string;
  tone: Tone;
  Icon: LucideIcon;
}

const LOOKS: Record<string, StatusLook> = {
  pending: { word: "pending", tone: "idle", Icon: Hourglass },
  queued: { word: "queued", tone: "idle", Icon: Clock },
  in_progress: { word: "in progress", tone: "busy", Icon: Loader },
  backed_off: { word: "backed off", tone: "warn", Icon: RotateCcw },
  canceling: { word: "canceling", tone: "warn", Icon: Octagon },
  canceled: { word: "canceled", tone: "idle", Icon: Ban },
  done: { word: "done", tone: "good", Icon: Check },
  done_with_warnings: { word: "done with warnings", tone: "warn", Icon: TriangleAlert },
  failed: { word: "failed", tone: "bad", Icon: X },
  timed_out: { word: "timed out", tone: "bad", Icon: TimerOff },
  skipped: { word: "skipped", tone: "idle", Icon: SkipForward },
};

/** How a status looks; one that is not known yet is shown by its own name. */
export function statusLook(status: Status): StatusLook {
  return (
    LOOKS[status.replaceAll(" ", "_")] ?? {
      word: status.replaceAll("_", " "),
      tone: "idle",
      Icon: CircleDashed,
    }
  );
}

export const TEXT: Record<Tone, string> = {
  good: "text-good",
  bad: "text-bad",
  warn: "text-warn",
  busy: "text-busy",
  idle: "text-idle",
};

export const SOFT: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  busy: "bg-busy-soft text-busy",
  idle: "bg-idle-soft text-idle",
};

export const BAR: Record<Tone, string> = {
  good: "bg-good",
  bad: "bg-bad",
  warn: "bg-warn",
  busy: "bg-busy",
  idle: "bg-idle",
};
