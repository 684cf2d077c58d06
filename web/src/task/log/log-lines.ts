/**
 * The lines of one attempt's log, as far as they are looked at.
 *
 * Only what is near the view is kept, whatever the length of the log: lines are asked for by their
 * numbers, and those far away are forgotten.
 */
import { get } from "../../api/client";
import type { NewLines } from "../../api/live";
import { Problem } from "../../api/problem";
import type { LogLine, LogLines as Answer } from "../../api/shapes";
import { asShown } from "./terminal";

const BLOCK = 500;
const MOST_BLOCKS = 40;
/** Characters of a line that are shown; the raw log has all of them. */
export const LONGEST = 8_000;
/** Lines around the view that are asked for, too, so that scrolling seldom waits. */
const MARGIN = 250;
/** Lines above and below the view that are asked for before anybody comes to them. */
const AHEAD = 250;
const AGAIN_AFTER = 2_000;

interface Span {
  first: number;
  last: number;
}

export class LogLines {
  /** How many lines there are, as far as is known; null before the first answer. */
  count: number | null = null;
  /** Whether none will come any more. */
  ended = false;
  /** Why the last lines that were asked for are not here. */
  problem: Error | null = null;
  private readonly blocks = new Map<number, LogLine[]>();
  private readonly listeners = new Set<() => void>();
  private opensAt: number | "end" = 1;
  private wanted: Span = { first: 1, last: 1 };
  private asking: { span: Span; abort: AbortController } | null = null;
  private again: number | undefined;
  /** Whether the server tells as many lines at once as are asked for: it tells fewer long ones. */
  private short = true;
  private changes = 0;

  constructor(
    readonly stepId: number,
    readonly attempt: number,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Another number whenever something has changed. */
  readonly version = (): number => this.changes;

  line(number: number): LogLine | undefined {
    return this.blocks.get(blockOf(number))?.[number % BLOCK];
  }

  /** Ask for what is seen first: the surroundings of a line, or the end. */
  open(at: number | "end"): void {
    this.stop();
    this.opensAt = at;
    // What comes then is what is looked at: nothing else is asked for before the view says so.
    const line = at === "end" ? Number.MAX_SAFE_INTEGER : at;
    this.wanted = { first: line, last: line };
    if (at === "end") void this.ask(String(-MARGIN));
    else void this.ask(String(Math.max(1, at - MARGIN)), { first: at, last: at + MARGIN });
  }

  /** Ask for the lines that are looked at, unless they are here. */
  want(first: number, last: number): void {
    this.wanted = { first: Math.max(1, first), last };
    // What was asked for ahead of time is waited for, unless something that is seen has to wait for it.
    const waits = this.hole(this.wanted.first, last) !== null;
    if (waits && this.asking !== null && !meet(this.asking.span, this.wanted)) this.stop();
    this.fill();
  }

  /** Ask how long the log is now, and for its last lines. */
  refresh(): void {
    if (this.asking === null && !isRefusal(this.problem)) void this.ask("-1");
  }

  /** Lines that were told without being asked for. */
  add(told: NewLines): void {
    told.lines.forEach(({ level, message, time, damaged }, index) => {
      const line = told.firstLine + index;
      this.put({ line, level, time, text: message, damaged: damaged ?? false });
    });
    this.count = Math.max(this.count ?? 0, told.firstLine + told.lines.length - 1);
    this.changed();
  }

  /** Ask for nothing any more. */
  stop(): void {
    this.asking?.abort.abort();
    this.asking = null;
    window.clearTimeout(this.again);
  }

  private fill(): void {
    if (this.asking !== null) return;
    const gap = this.gap();
    if (gap !== null) void this.ask(String(gap.first), gap);
  }

  /** What is missing of the wanted lines or will soon be, and as much beside it as is worth the way. */
  private gap(): Span | null {
    const { first, last } = this.wanted;
    const missing = this.hole(first, last);
    if (missing !== null) {
      const from = Math.max(1, missing.first - MARGIN);
      const above = this.line(from) === undefined ? from : missing.first;
      return { first: above, last: Math.min(last, this.count ?? last) + MARGIN };
    }
    if (!this.short) return null;
    const below = this.hole(last + 1, last + AHEAD);
    if (below !== null) return { first: below.first, last: below.last + BLOCK };
    const above = this.hole(Math.max(1, first - AHEAD), first - 1);
    return above && { first: Math.max(1, above.first - BLOCK), last: above.last };
  }

  /** From the first to the last of some lines that is there, and is not known. */
  private hole(first: number, last: number): Span | null {
    let end = this.count === null ? last : Math.min(last, this.count);
    while (first <= end && this.line(first) !== undefined) first += 1;
    while (first <= end && this.line(end) !== undefined) end -= 1;
    return first > end ? null : { first, last: end };
  }

  private async ask(from: string, span?: Span): Promise<void> {
    const abort = new AbortController();
    this.asking = { span: span ?? this.wanted, abort };
    window.clearTimeout(this.again);
    try {
      const query = { attempt: this.attempt, from, ...(span && { to: span.last }) };
      const path = `/task-steps/${String(this.stepId)}/log`;
      const answer = await get<Answer>(path, { query, signal: abort.signal });
      // Something else may be asked for since.
      if (abort.signal.aborted) return;
      const told = answer.lines.at(-1)?.line ?? 0;
      if (span) this.short = told >= Math.min(span.last, answer.lineCount);
      this.problem = null;
      this.take(answer);
      this.asking = null;
      this.fill();
    } catch (error) {
      if (abort.signal.aborted) return;
      this.asking = null;
      this.problem = error as Error;
      this.changed();
      // A refusal stays one however often it is asked for; an outage passes.
      if (!isRefusal(error)) this.askAgain(error);
    }
  }

  private askAgain(error: unknown): void {
    const told = error instanceof Problem ? (error.retryAfter ?? 0) * 1_000 : 0;
    this.again = window.setTimeout(
      () => {
        if (this.count === null) this.open(this.opensAt);
        else this.fill();
      },
      Math.max(AGAIN_AFTER, told),
    );
  }

  private take(answer: Answer): void {
    answer.lines.forEach((line) => {
      this.put(line);
    });
    this.count = Math.max(this.count ?? 0, answer.lineCount);
    this.ended = answer.ended;
    this.changed();
  }

  private put(line: LogLine): void {
    const number = blockOf(line.line);
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = [];
      this.blocks.set(number, block);
      this.forget();
    }
    block[line.line % BLOCK] =
      line.text.length > LONGEST ? { ...line, text: shortened(line.text) } : line;
  }

  private forget(): void {
    if (this.blocks.size <= MOST_BLOCKS) return;
    const middle = blockOf(this.wanted.first);
    const farthest = [...this.blocks.keys()].reduce((one, other) =>
      Math.abs(other - middle) > Math.abs(one - middle) ? other : one,
    );
    this.blocks.delete(farthest);
  }

  private changed(): void {
    this.changes += 1;
    this.listeners.forEach((listener) => {
      listener();
    });
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429
  );
}

function blockOf(line: number): number {
  return Math.floor(line / BLOCK);
}

/** The beginning of what a terminal would show: of a progress bar not its oldest states. */
function shortened(text: string): string {
  const shown = asShown(text);
  if (shown.length <= LONGEST) return copyOf(shown);
  // No half of a sequence or of a character.
  const start = shown.slice(0, LONGEST).replace(/(?:\x1b[^m]*|[\ud800-\udbff])$/, "");
  return `${copyOf(start)} …`;
}

/** A part of a long text would keep all of it in memory. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

function meet(one: Span, other: Span): boolean {
  return one.first <= other.last && other.first <= one.last;
}
