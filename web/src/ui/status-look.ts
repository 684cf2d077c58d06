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

type Tone = "good" | "bad" | "warn" | "busy" | "idle";

export interface StatusLook {
  /** The word for people: a status is never told by colour alone. */
  word: string;
  tone: Tone;
  Icon: LucideIcon;
  final: boolean;
}

const LOOKS: Record<string, StatusLook> = {
  pending: { word: "pending", tone: "idle", Icon: Hourglass, final: false },
  queued: { word: "queued", tone: "idle", Icon: Clock, final: false },
  in_progress: { word: "in progress", tone: "busy", Icon: Loader, final: false },
  backed_off: { word: "backed off", tone: "warn", Icon: RotateCcw, final: false },
  canceling: { word: "canceling", tone: "warn", Icon: Octagon, final: false },
  canceled: { word: "canceled", tone: "idle", Icon: Ban, final: true },
  done: { word: "done", tone: "good", Icon: Check, final: true },
  done_with_warnings: {
    word: "done with warnings",
    tone: "warn",
    Icon: TriangleAlert,
    final: true,
  },
  failed: { word: "failed", tone: "bad", Icon: X, final: true },
  timed_out: { word: "timed out", tone: "bad", Icon: TimerOff, final: true },
  skipped: { word: "skipped", tone: "idle", Icon: SkipForward, final: true },
};

/** How a status looks; one that is not known yet is shown by its own name. */
export function statusLook(status: Status): StatusLook {
  return (
    LOOKS[status.replaceAll(" ", "_")] ?? {
      word: status.replaceAll("_", " "),
      tone: "idle",
      Icon: CircleDashed,
      final: false,
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
