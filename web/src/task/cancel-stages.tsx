import { Check, CircleDashed, LoaderCircle, Zap } from "lucide-react";
import { useTaskRefusal } from "../access/task-refusal";
import type { Task } from "../api/shapes";
import { useCancel } from "../api/task";
import { Button } from "../ui/button";
import { classNames } from "../ui/class-names";
import { useNow } from "../ui/clock";
import { Notice } from "../ui/notice";
import { told } from "../ui/told";
import { type StopStage, stopStages } from "./stop-stages";

/** How far a stop has come, with a button for who cannot wait. */
export function CancelStages({ task }: { task: Task }) {
  const now = useNow();
  const force = useCancel(task.id);
  const refusal = useTaskRefusal("cancel", task);
  const stages = stopStages(task, now);
  if (stages.length === 0) return null;
  const mayForce = task.endedAt === null && task.cancel?.forced !== true && refusal === null;
  return (
    <section aria-label="How it is stopped" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-xl border border-line bg-surface px-4 py-2.5">
        <ol
          aria-label={task.cancel === null ? "Stop" : "Cancel"}
          className="flex min-h-9 min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5 text-sm"
        >
          {stages.map((stage, index) => (
            <Stage key={index} stage={stage} isFirst={index === 0} />
          ))}
        </ol>
        {mayForce && (
          <Button
            look="danger"
            busy={force.isPending}
            onClick={() => {
              force.mutate({ force: true });
            }}
          >
            <Zap size={15} aria-hidden /> Kill it now
          </Button>
        )}
      </div>
      {force.isError && <Notice tone="bad">{told(force.error.message)}</Notice>}
    </section>
  );
}

const ICONS = { over: Check, now: LoaderCircle, next: CircleDashed };
const LOOKS = { over: "text-good", now: "animate-spin text-warn", next: "text-muted" };

function Stage({ stage: { state, text }, isFirst }: { stage: StopStage; isFirst: boolean }) {
  const Icon = ICONS[state];
  return (
    <li
      aria-current={state === "now" ? "step" : undefined}
      className={classNames(
        "flex min-w-0 items-center gap-2",
        state === "now" && "font-medium",
        state === "next" && "text-muted",
      )}
    >
      {!isFirst && (
        <span aria-hidden className="mr-1 h-px w-5 shrink-0 bg-line-strong max-sm:hidden" />
      )}
      <Icon size={15} aria-hidden className={classNames("shrink-0", LOOKS[state])} />
      <span className="tabular min-w-0 break-words">{text}</span>
    </li>
  );
}
