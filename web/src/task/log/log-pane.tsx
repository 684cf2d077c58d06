import { ArrowDown } from "lucide-react";
import {
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { FoundLine, Job, Step } from "../../api/shapes";
import { EmptyState } from "../../ui/empty-state";
import { Notice } from "../../ui/notice";
import { told } from "../../ui/told";
import { addressOf, type LineSpan } from "../view";
import { LogHead } from "./log-head";
import type { LogLines } from "./log-lines";
import { useLogLook } from "./log-look";
import { LogViewport, type Viewport } from "./log-viewport";
import { finderOf } from "./marks";

interface Props {
  job: Job;
  step: Step;
  log: LogLines;
  lines: LineSpan | null;
  /** The text that is searched for; empty for none. */
  sought: string;
  hits: readonly FoundLine[];
  /** Whether new lines come by themselves; else they are asked for. */
  connected: boolean;
  /** What the lines do not tell, above them. */
  notice: ReactNode;
  onLines: (lines: LineSpan | null) => void;
  /** Whether somebody reads on as lines come, or has stopped at some. */
  onFollow: (following: boolean) => void;
  onAttempt: (attempt: number | null) => void;
}

const ASKING = 1_000;

/** The log of one attempt at a step: its head, its lines, and how many came while nobody looked. */
export function LogPane(props: Props) {
  const { job, step, log, lines, sought, hits, connected } = props;
  const { notice, onLines, onFollow, onAttempt } = props;
  const look = useLogLook();
  useSyncExternalStore(log.subscribe, log.version);
  const viewport = useRef<Viewport>(null);
  const [following, setFollowing] = useState(() => lines === null && opensAtEnd(step));
  /** The lines there were when the view stopped following. */
  const [left, setLeft] = useState<number | null>(null);
  const found = useMemo(
    () => new Set(hits.filter((one) => isOf(one, log)).map((one) => one.line)),
    [hits, log],
  );
  const finder = useMemo(() => finderOf(sought), [sought]);
  const picked = useOpening(log, lines, following, viewport);
  const attempt = step.attempts.find((one) => one.number === log.attempt);
  // What comes by itself does not say that nothing more will.
  useAsking(log, connected && attempt?.endedAt === null);

  const follow = (next: boolean) => {
    setFollowing(next);
    setLeft(next ? null : log.count);
    onFollow(next);
  };
  const fresh = following || left === null || log.count === null ? 0 : log.count - left;
  return (
    <section aria-label="Log" className="relative flex min-h-0 flex-1 flex-col">
      <LogHead
        job={job}
        step={step}
        attempt={log.attempt}
        onAttempt={onAttempt}
        lines={lines}
        look={look}
      />
      {notice}
      {log.count === null && log.problem !== null ? (
        <div className="p-4">
          <Notice tone="bad">{told(log.problem.message)}</Notice>
        </div>
      ) : log.count === 0 && log.ended ? (
        <EmptyState title="No output">This step wrote nothing.</EmptyState>
      ) : (
        <LogViewport
          ref={viewport}
          log={log}
          label={`Log of ${step.name}, ${(log.count ?? 0).toLocaleString("en")} lines`}
          wrap={look.wrap}
          times={look.times}
          selected={lines}
          found={(line) => found.has(line)}
          finder={finder}
          following={following}
          onFollow={follow}
          hrefOf={(line) => addressOf(step.id, log.attempt, { first: line, last: line })}
          onPick={(line, extend) => {
            const span = extend && lines !== null ? spanning(lines, line) : only(line);
            picked(span);
            follow(false);
            onLines(span);
          }}
        />
      )}
      {log.count !== null && log.problem !== null && (
        <p
          role="alert"
          className="absolute bottom-5 left-6 max-w-[60%] rounded-full border border-bad bg-bad-soft px-4 py-1.5 text-sm text-bad shadow-(--shadow)"
        >
          Some lines are missing. {told(log.problem.message)}
        </p>
      )}
      {!following && (fresh > 0 || !log.ended) && (
        <button
          type="button"
          onClick={() => viewport.current?.toEnd()}
          className="absolute right-6 bottom-5 inline-flex min-h-9 items-center gap-2 rounded-full bg-accent px-4 text-sm font-medium text-on-accent shadow-(--shadow) hover:bg-accent-strong"
        >
          <ArrowDown size={15} aria-hidden />
          {fresh > 0
            ? `${fresh.toLocaleString("en")} new ${fresh === 1 ? "line" : "lines"}`
            : "Follow"}
        </button>
      )}
    </section>
  );
}

/** Ask for what is seen first, and go to a line whenever another one is chosen. The function that it
 * gives back notes what somebody has picked where it is seen: that moves nothing. */
function useOpening(
  log: LogLines,
  lines: LineSpan | null,
  following: boolean,
  viewport: React.RefObject<Viewport | null>,
): (span: LineSpan) => void {
  const atEnd = useRef(following);
  const target = lines?.first ?? null;
  useEffect(() => {
    log.open(target ?? (atEnd.current ? "end" : 1));
    return () => {
      log.stop();
    };
    // Only what was chosen when the log was opened says where it opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [log]);
  const opened = log.count !== null;
  const shown = useRef<number | null>(null);
  // Before the view asks for the lines that it would show without.
  useLayoutEffect(() => {
    if (!opened || target === null || shown.current === target) return;
    shown.current = target;
    viewport.current?.show(target);
  }, [opened, target, viewport]);
  return ({ first }) => {
    shown.current = first;
  };
}

function useAsking(log: LogLines, connected: boolean) {
  const ended = log.ended;
  useEffect(() => {
    if (connected || ended) return;
    const timer = window.setInterval(() => {
      log.refresh();
    }, ASKING);
    return () => {
      window.clearInterval(timer);
    };
  }, [log, connected, ended]);
}

/** What ended well is read from its beginning; what runs or failed, at its end. */
function opensAtEnd(step: Step): boolean {
  return !["done", "done_with_warnings", "skipped"].includes(step.status);
}

function isOf(one: FoundLine, log: LogLines): boolean {
  return one.stepId === log.stepId && one.attempt === log.attempt;
}

function only(line: number): LineSpan {
  return { first: line, last: line };
}

function spanning(span: LineSpan, line: number): LineSpan {
  return { first: Math.min(span.first, line), last: Math.max(span.last, line) };
}
