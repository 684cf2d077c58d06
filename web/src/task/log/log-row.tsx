import { memo } from "react";
import type { LogLine } from "../../api/shapes";
import { classNames } from "../../ui/class-names";
import { clockOf } from "../../ui/times";
import { piecesOf } from "./ansi";

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
  found: boolean;
  hrefOf: (number: number) => string;
  onPick: (number: number, extend: boolean) => void;
}

/** One line: its number, which is a link to it, and its text, which is never anything but text. */
export const LogRow = memo(function LogRow(props: Props) {
  const { number, line, wrap, times, digits, selected, found, hrefOf, onPick } = props;
  return (
    <div
      data-line={number}
      className={classNames(
        "flex min-h-[20px] pr-4 leading-[20px]",
        !wrap && "h-[20px] w-max min-w-full",
        selected ? "bg-picked" : found ? "bg-found" : "hover:bg-surface",
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
        {number}
      </a>
      {times !== null && (
        <span className="shrink-0 pr-4 whitespace-pre text-muted select-none">
          {line === undefined ? "" : timeOf(line.time, times)}
        </span>
      )}
      <span className={wrap ? "min-w-0 break-all whitespace-pre-wrap" : "whitespace-pre"}>
        {line === undefined ? <Unknown number={number} /> : <Text line={line} />}
      </span>
    </div>
  );
});

function Text({ line }: { line: LogLine }) {
  return (
    <>
      {line.level === "stderr" && <span className="sr-only">error stream: </span>}
      {piecesOf(line).map((piece, index) =>
        piece.className === "" && piece.style === undefined ? (
          piece.text
        ) : (
          <span key={index} className={piece.className} style={piece.style}>
            {piece.text}
          </span>
        ),
      )}
      {line.damaged && <span className="text-warn"> (damaged: not all of it is left)</span>}
    </>
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
