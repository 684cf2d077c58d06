import { Fragment, memo } from "react";
import type { LogLine } from "../../api/shapes";
import { classNames } from "../../ui/class-names";
import { clockOf } from "../../ui/times";
import { piecesOf } from "./ansi";
import { partsOf, type Part } from "./marks";

/** Pixels; the classes below say the same. */
export const ROW = 20;

interface Props {
  number: number;
  line: LogLine | undefined;
  wrap: boolean;
  /** How times are shown; null for not at all. */
  times: "local" | "utc" | null;
  digits: number;
  selected: boolean;
  /** Whether something was found in the line, be it in what is not shown of it. */
  found: boolean;
  /** What marks in a line what was found; null while nothing is searched for. */
  finder: RegExp | null;
  hrefOf: (number: number) => string;
  onPick: (number: number, extend: boolean) => void;
}

/** One line: its number, which is a link to it, and its text, which is never anything but text. */
export const LogRow = memo(function LogRow(props: Props) {
  const { number, line, wrap, times, digits, selected, found, finder, hrefOf, onPick } = props;
  return (
    <div
      data-line={number}
      className={classNames(
        "flex min-h-[20px] pr-4 leading-[20px]",
        !wrap && "h-[20px] w-max min-w-full",
        selected ? "bg-picked" : "hover:bg-surface",
        line?.level === "stderr" && "shadow-[inset_3px_0_0_var(--bad)]",
        line?.level === "system" && "shadow-[inset_3px_0_0_var(--busy)] italic",
      )}
    >
      <a
        href={hrefOf(number)}
        tabIndex={-1}
        aria-label={`Line ${String(number)}`}
        draggable={false}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          onPick(number, event.shiftKey);
        }}
        className="tabular shrink-0 pr-4 pl-3 text-right text-muted select-none hover:text-accent hover:underline"
        style={{ width: `${String(digits + 4)}ch` }}
      >
        <span className={classNames("-mx-1 px-1", found && "bg-found")}>{number}</span>
      </a>
      {times !== null && (
        <span className="shrink-0 pr-4 whitespace-pre text-muted select-none">
          {line === undefined ? "" : timeOf(line.time, times)}
        </span>
      )}
      <span className={wrap ? "min-w-0 break-all whitespace-pre-wrap" : "whitespace-pre"}>
        {line === undefined ? <Unknown number={number} /> : <Text line={line} finder={finder} />}
      </span>
    </div>
  );
});

function Text({ line, finder }: { line: LogLine; finder: RegExp | null }) {
  const pieces = piecesOf(line);
  const parts = partsOf(pieces, finder);
  return (
    <>
      {line.level === "stderr" && <span className="sr-only">error stream: </span>}
      {pieces.map((piece, index) => {
        const marked = (parts[index] ?? []).map(textOf);
        return piece.className === "" && piece.style === undefined ? (
          <Fragment key={index}>{marked}</Fragment>
        ) : (
          <span key={index} className={piece.className} style={piece.style}>
            {marked}
          </span>
        );
      })}
      {line.damaged && <span className="text-warn"> (damaged: not all of it is left)</span>}
    </>
  );
}

function textOf({ text, found }: Part, index: number) {
  if (!found) return text;
  return (
    <span key={index} data-found className="rounded-xs bg-found text-text ring-1 ring-warn/50">
      {text}
    </span>
  );
}

/** As long as lines usually are, and the same each time, so that nothing flickers. */
function Unknown({ number }: { number: number }) {
  return (
    <span
      aria-hidden
      className="my-[6px] block h-2 rounded bg-line"
      style={{ width: `${String(12 + ((number * 37) % 40))}ch` }}
    />
  );
}

function timeOf(time: string, style: "local" | "utc"): string {
  return clockOf(time, style === "utc").slice(6);
}
