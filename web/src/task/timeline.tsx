import type { Task } from "../api/shapes";
import { classNames } from "../ui/class-names";
import { useNow } from "../ui/clock";
import { EmptyState } from "../ui/empty-state";
import { StatusIcon } from "../ui/status-badge";
import { BAR, statusLook } from "../ui/status-look";
import { duration } from "../ui/times";
import { courseOf, type Bar } from "./course";

/** When each job waited and worked. The critical path is what made the task as long as it is. */
export function TimelineTab({ task, onJob }: { task: Task; onJob: (name: string) => void }) {
  const now = useNow();
  const { bars, length } = courseOf(task, now);
  if (bars.length === 0) {
    return <EmptyState title="Nothing has started yet">Jobs appear as they begin.</EmptyState>;
  }
  return (
    <div className="px-5 py-4">
      <p className="mb-3 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
        <span>
          <Sample look="bg-line-strong" /> waiting
        </span>
        <span>
          <Sample look="bg-good" /> working, in the colour of its status
        </span>
        <span>
          <Sample look="border-2 border-text" /> critical path
        </span>
        <span className="tabular ml-auto">{duration(length)} in all</span>
      </p>
      <ol className="flex flex-col">
        {bars.map((bar) => (
          <Row
            key={bar.job.id}
            bar={bar}
            length={length}
            onOpen={() => {
              onJob(bar.job.name);
            }}
          />
        ))}
      </ol>
    </div>
  );
}

function Sample({ look }: { look: string }) {
  return <span className={classNames("mr-1.5 inline-block h-2.5 w-5 rounded-sm", look)} />;
}

function Row({ bar, length, onOpen }: { bar: Bar; length: number; onOpen: () => void }) {
  const { job, ready, start, end, critical } = bar;
  const part = (from: number, to: number) => ({
    left: `${String((100 * from) / length)}%`,
    width: `${String(Math.max(0.4, (100 * Math.max(0, to - from)) / length))}%`,
  });
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="grid w-full grid-cols-[minmax(6rem,14rem)_minmax(0,1fr)_5rem] items-center gap-3 rounded-lg px-2 py-1.5 text-left text-sm hover:bg-sunken"
      >
        <span className="flex min-w-0 items-center gap-2">
          <StatusIcon status={job.status} size={14} />
          <span className="truncate">{job.title}</span>
        </span>
        <span className="relative h-5">
          {start - ready > length / 500 && (
            <span
              className="absolute top-2 h-1 rounded bg-line-strong"
              style={part(ready, start)}
              title={`waited ${duration(start - ready)}`}
            />
          )}
          <span
            className={classNames(
              "absolute inset-y-0.5 rounded",
              BAR[statusLook(job.status).tone],
              critical && "outline-2 outline-offset-1 outline-text",
            )}
            style={part(start, end)}
          >
            {critical && <span className="sr-only">critical path</span>}
          </span>
        </span>
        <span className="tabular text-right text-xs text-muted">{duration(end - start)}</span>
      </button>
    </li>
  );
}
