import { Check, CircleDashed, LoaderCircle } from "lucide-react";
import type { Receipt, Task } from "../api/shapes";
import { useNow } from "../ui/clock";
import { duration } from "../ui/times";
import { stepsOf } from "./trouble";

/** How far a cancel has come: asked for, stop signal sent, what had to be killed, stopped. */
export function CancelStages({ task }: { task: Task }) {
  const now = useNow();
  const { cancel } = task;
  if (cancel === null) return null;
  const stopped = task.endedAt !== null;
  const receipts = receiptsSince(task, cancel.at);
  const killed = receipts.flatMap((one) => one.killed);
  const since = (stopped ? Date.parse(task.endedAt ?? "") : now) - Date.parse(cancel.at);
  return (
    <ol
      aria-label="Cancel"
      className="flex flex-wrap gap-x-6 gap-y-2 rounded-xl border border-line bg-surface px-4 py-3 text-sm"
    >
      <Stage state="over">
        {cancel.forced ? "Forced cancel" : "Cancel"} asked for by {cancel.by.name}
      </Stage>
      <Stage state="over">{cancel.forced ? "Kill signal sent" : "Stop signal sent"}</Stage>
      {killed.length > 0 && (
        <Stage state="over">
          Killed: {killed.map((one) => `${one.name} (${String(one.pid)})`).join(", ")}
        </Stage>
      )}
      <Stage state={stopped ? "over" : "now"}>
        {stopped
          ? `Stopped after ${duration(Math.max(0, since))}`
          : `Processes are ending, for ${duration(Math.max(0, since - (since % 1000)))}; who does not is killed`}
      </Stage>
    </ol>
  );
}

function Stage({ state, children }: { state: "over" | "now"; children: React.ReactNode }) {
  const Icon = state === "over" ? Check : state === "now" ? LoaderCircle : CircleDashed;
  return (
    <li className="flex min-w-0 items-center gap-2">
      <Icon
        size={15}
        aria-hidden
        className={state === "over" ? "shrink-0 text-good" : "shrink-0 animate-spin text-warn"}
      />
      <span className="break-words">{children}</span>
    </li>
  );
}

function receiptsSince(task: Task, at: string): Receipt[] {
  return stepsOf(task)
    .flatMap((step) => step.attempts)
    .filter((attempt) => attempt.endedAt === null || attempt.endedAt >= at)
    .flatMap((attempt) => (attempt.receipt === null ? [] : [attempt.receipt]));
}
