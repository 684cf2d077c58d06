import { useMemo, useState } from "react";
import type { FoundLine, Task } from "../api/shapes";
import { useLogSearch } from "../api/task";
import { usePageKeys } from "../ui/page-keys";
import { useTabState } from "../ui/tab-state";
import { told } from "../ui/told";
import { CancelStages } from "./cancel-stages";
import { useEndNotice } from "./end-notice";
import { GraphTab } from "./graph-tab";
import { HistoryTab } from "./history";
import { Immediate } from "./immediate";
import { InputsTab } from "./inputs";
import { JobList } from "./job-list";
import { useLiveTask } from "./live-task";
import { LogLines } from "./log/log-lines";
import { LogPane } from "./log/log-pane";
import { LogSearch } from "./log/log-search";
import { NoLog } from "./log/no-log";
import { OriginTab } from "./origins";
import { TimeoutPanel, WarningsPanel } from "./outcome-panels";
import { OutOfSight } from "./support-notice";
import { TabBar } from "./tab-bar";
import { TaskErrorPanel } from "./task-error";
import { TaskHeader } from "./task-header";
import { TimelineTab } from "./timeline";
import { firstToSee, jobOf, nextFailure, stepsOf } from "./trouble";
import { useTaskView } from "./view";
import { Waits } from "./waits";

const NO_HITS: FoundLine[] = [];

/** Everything about one task: its header, its jobs and steps, and the view that was chosen. */
export function TaskBoard({ task }: { task: Task }) {
  const [view, change] = useTaskView();
  /** Where somebody has stopped to read: what runs next, or again, does not take that away. */
  const [read, setRead] = useState<{ step: number; attempt: number } | null>(null);
  const wanted = view.step ?? read?.step;
  const step = stepsOf(task).find((one) => one.id === wanted) ?? firstToSee(task);
  const reading = read?.step === step?.id ? read?.attempt : undefined;
  const attempt = view.attempt ?? reading ?? step?.attempts.at(-1)?.number ?? null;
  const log = useMemo(
    () => (step === null || attempt === null ? null : new LogLines(step.id, attempt)),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [step?.id, attempt],
  );
  const { connected } = useLiveTask(
    task.id,
    log === null
      ? null
      : {
          stepId: log.stepId,
          attempt: log.attempt,
          known: () => log.count ?? 0,
          onLines: (lines) => {
            if (lines.stepId === log.stepId && lines.attempt === log.attempt) log.add(lines);
          },
        },
  );
  useTabState(task.title, task.status);
  useEndNotice(task);

  const search = useLogSearch(task, view.search);
  const hits = search.data?.items ?? NO_HITS;
  const at = hits.findIndex(
    (hit) => hit.stepId === step?.id && hit.attempt === attempt && hit.line === view.lines?.first,
  );
  const goTo = (hit: FoundLine | undefined) => {
    if (hit === undefined) return;
    const lines = { first: hit.line, last: hit.line };
    change({ tab: "log", step: hit.stepId, attempt: hit.attempt, lines }, true);
  };
  const choose = (id: number) => {
    change({ tab: "log", step: id, attempt: null, lines: null });
  };
  const chooseJob = (name: string) => {
    const job = task.jobs.find((one) => one.name === name);
    const first = job && (firstToSee({ ...task, error: null, jobs: [job] }) ?? job.steps[0]);
    if (first) choose(first.id);
  };
  usePageKeys({
    f: () => {
      const next = nextFailure(task, step?.id ?? null);
      if (next !== null) choose(next.id);
    },
    "/": () => document.getElementById("log-search")?.focus(),
    l: () => {
      change({ tab: "log" });
    },
    g: () => {
      change({ tab: "graph" });
    },
  });

  const job = step === null ? undefined : jobOf(task, step.id);
  return (
    <div className="flex flex-col gap-4 xl:h-[calc(100dvh-3rem)]">
      <TaskHeader task={task} />
      <Waits task={task} />
      <CancelStages task={task} />
      <TaskErrorPanel
        task={task}
        onLine={(line) => {
          const blamed = task.error?.stepId ?? null;
          change({ tab: "log", step: blamed, attempt: null, lines: { first: line, last: line } });
        }}
      />
      <TimeoutPanel task={task} onStep={choose} />
      <WarningsPanel task={task} onStep={choose} />
      {task.immediate ? (
        <Immediate task={task} />
      ) : (
        <div className="grid min-h-104 flex-1 gap-4 xl:grid-cols-[19rem_minmax(0,1fr)] xl:grid-rows-[minmax(0,1fr)]">
          <JobList task={task} chosen={step?.id ?? null} hits={hits} onStep={choose} />
          <div className="flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-surface max-xl:h-[max(28rem,calc(100dvh-9rem))]">
            <div className="flex flex-wrap items-center justify-between gap-x-2 border-b border-line px-2">
              <TabBar
                tab={view.tab}
                onTab={(tab) => {
                  change({ tab });
                }}
              />
              <LogSearch
                text={view.search}
                found={search.data}
                problem={search.error === null ? undefined : told(search.error.message)}
                at={at}
                onSearch={(text) => {
                  change({ search: text }, true);
                }}
                onGo={(index) => {
                  goTo(hits[index]);
                }}
              />
            </div>
            <div
              id="tab-panel"
              role="tabpanel"
              tabIndex={view.tab === "log" ? -1 : 0}
              aria-labelledby={`tab-${view.tab}`}
              className={`flex min-h-0 flex-1 flex-col ${view.tab === "log" ? "bg-sunken" : "overflow-y-auto"}`}
            >
              {view.tab === "log" &&
                (step !== null && job !== undefined && log !== null ? (
                  <LogPane
                    key={`${String(log.stepId)} ${String(log.attempt)}`}
                    job={job}
                    step={step}
                    log={log}
                    lines={view.lines}
                    sought={view.search}
                    hits={hits}
                    connected={connected}
                    notice={<OutOfSight task={task} />}
                    onLines={(lines) => {
                      change({ step: step.id, attempt: log.attempt, lines }, true);
                    }}
                    onFollow={(following) => {
                      const over = step.attempts.some(
                        (one) => one.number === log.attempt && one.endedAt !== null,
                      );
                      if (!following) setRead({ step: step.id, attempt: log.attempt });
                      else if (!over) setRead(null);
                    }}
                    onAttempt={(chosen) => {
                      setRead(null);
                      change({ step: step.id, attempt: chosen, lines: null });
                    }}
                  />
                ) : (
                  <>
                    <OutOfSight task={task} />
                    <NoLog task={task} name={step?.name} />
                  </>
                ))}
              {view.tab === "graph" && (
                <GraphTab jobs={task.jobs} chosen={job?.name} onJob={chooseJob} />
              )}
              {view.tab === "timeline" && <TimelineTab task={task} onJob={chooseJob} />}
              {view.tab === "history" && <HistoryTab task={task} />}
              {view.tab === "inputs" && <InputsTab task={task} />}
              {view.tab === "origin" && <OriginTab task={task} />}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
