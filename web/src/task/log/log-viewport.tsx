/**
 * The part of a log that is seen, at any length of it.
 *
 * A high, empty element gives the scrollbar its size; the lines stand in a layer that stays in view,
 * and follow the position. With wrapped lines, which are of unknown heights, the position counts lines,
 * and the first one is moved by the part of it that has been scrolled.
 */
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type Ref,
} from "react";
import { classNames } from "../../ui/class-names";
import type { LineSpan } from "../view";
import type { LogLines } from "./log-lines";
import { LogRow, ROW } from "./log-row";
import { ScrollMap } from "./scroll-map";

export interface Viewport {
  /** Show a line in the upper third. */
  show: (line: number) => void;
  /** Go to the end, and follow it. */
  toEnd: () => void;
}

/** Pixels that a press of an arrow moves lines by that are wider than the view. */
const SIDEWAYS: Record<string, number> = { ArrowLeft: -80, ArrowRight: 80 };

interface Props {
  log: LogLines;
  label: string;
  wrap: boolean;
  times: "local" | "utc" | null;
  selected: LineSpan | null;
  /** Whether something was found in a line. */
  found: (line: number) => boolean;
  /** What marks in a line what was found; null while nothing is searched for. */
  finder: RegExp | null;
  /** Whether the view stays at the end when lines are added. */
  following: boolean;
  onFollow: (following: boolean) => void;
  hrefOf: (line: number) => string;
  onPick: (line: number, extend: boolean) => void;
  ref: Ref<Viewport>;
}

export function LogViewport(props: Props) {
  const { log, label, wrap, times, selected, found, following, onFollow, ref } = props;
  useSyncExternalStore(log.subscribe, log.version);
  const count = log.count ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  /** Pixels inside the scroller, and of these without the horizontal scrollbar. */
  const [inside, setInside] = useState(400);
  const [view, setView] = useState(400);
  const map = useRef(new ScrollMap(0, view));
  const [position, setPosition] = useState(0);
  /** Whether wrapped lines are all seen at once. */
  const [fits, setFits] = useState(false);
  const total = !wrap ? count * ROW : fits ? view : Math.max(0, count - 1) * ROW + view;
  const height = Math.min(total, new ScrollMap(total, view).height);

  const go = useCallback((where: number) => {
    const top = map.current.moveTo(where);
    if (scroller.current !== null) scroller.current.scrollTop = top;
    setPosition(map.current.position);
  }, []);

  // A longer log has another map; what is seen stays where it is.
  useLayoutEffect(() => {
    const before = map.current.position;
    map.current = new ScrollMap(total, view);
    go(following ? map.current.end : before);
  }, [total, view, following, go]);

  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, layer.current];
    if (outer === null || inner === null) return;
    const measure = () => {
      setInside(outer.clientHeight);
      setView(Math.max(ROW, inner.clientHeight));
      const rows = inner.firstElementChild;
      setFits(rows !== null && log.count === rows.childElementCount && isWithin(rows, inner));
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const one of [outer, inner, ...inner.children]) observer.observe(one);
    return () => {
      observer.disconnect();
    };
  }, [log]);

  useImperativeHandle(ref, () => ({
    show: (line) => {
      onFollow(false);
      go((line - 1) * ROW - view / 3);
    },
    toEnd: () => {
      onFollow(true);
      go(map.current.end);
    },
  }));

  const seen = Math.ceil(view / ROW) + 1;
  // The last wrapped lines stand on the lower edge, however high they are; fewer on the upper one.
  const atEnd = wrap && following && !fits;
  const top = Math.floor(position / ROW) + 1;
  // Of few wrapped lines all are there, so that it can be seen whether they fit.
  const first = wrap && (atEnd || count <= seen) ? Math.max(1, count - seen + 1) : top;
  const last = Math.min(count, first + seen);

  const opened = log.count !== null;
  useEffect(() => {
    // Where the view is about to be moved, as when a log has opened at its end, it asks for nothing yet.
    if (opened && position === map.current.position) log.want(first, first + seen);
  }, [log, opened, position, first, seen, count]);

  useLayoutEffect(() => {
    moveRows(layer.current, atEnd ? 0 : position / ROW - (first - 1), wrap);
  });

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const wasAt = map.current.position;
    const top = map.current.scrolledTo(element.scrollTop);
    if (Math.abs(top - element.scrollTop) >= 1) element.scrollTop = top;
    const now = map.current.position;
    if (now === wasAt) return;
    // A window that becomes higher moves the end without anybody having scrolled.
    const bottom = element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
    const ended = bottom || now >= map.current.end - 1;
    if (atEnd && !ended) go((topmost(layer.current) ?? first) * ROW - ROW);
    else setPosition(now);
    if (ended !== following) onFollow(ended);
  };

  const numbers = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => first + index,
  );
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={(event) => {
        // The arrows of the browser move what has the focus, which is as wide as its lines are not.
        const by = SIDEWAYS[event.key];
        if (by !== undefined && !event.altKey) layer.current?.scrollBy({ left: by });
      }}
      className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto font-mono text-[13px] -outline-offset-2"
    >
      <div style={{ height: `${String(Math.max(height, inside))}px` }}>
        <div
          ref={layer}
          style={{ height: `${String(inside)}px` }}
          className={classNames(
            "sticky top-0 overflow-x-auto overflow-y-hidden",
            atEnd && "flex flex-col justify-end",
          )}
        >
          <div className={wrap ? "mb-auto w-full shrink-0" : "w-max min-w-full"}>
            {numbers.map((number) => (
              <LogRow
                key={number}
                number={number}
                line={log.line(number)}
                wrap={wrap}
                times={times}
                digits={String(count).length}
                selected={selected !== null && selected.first <= number && number <= selected.last}
                found={found(number)}
                finder={props.finder}
                hrefOf={props.hrefOf}
                onPick={props.onPick}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function isWithin(rows: Element, view: Element): boolean {
  return rows.getBoundingClientRect().height <= view.clientHeight;
}

/** Move the rows up by some of them and a part of the next one, however high they are. */
function moveRows(layer: HTMLElement | null, by: number, wrap: boolean): void {
  const rows = layer?.firstElementChild;
  const row = rows?.children[Math.floor(by)];
  if (!(rows instanceof HTMLElement) || !(row instanceof HTMLElement)) return;
  // Asking for heights has the browser lay everything out, in every frame.
  const first = wrap ? row.offsetTop - (rows.firstElementChild as HTMLElement).offsetTop : 0;
  const height = wrap ? row.offsetHeight : ROW;
  rows.style.transform = `translateY(${String(-first - (by % 1) * height)}px)`;
}

/** The number of the first line of which something is seen. */
function topmost(layer: HTMLElement | null): number | null {
  if (layer === null) return null;
  const top = layer.getBoundingClientRect().top;
  const rows = [...layer.querySelectorAll<HTMLElement>("[data-line]")];
  const row = rows.find((one) => one.getBoundingClientRect().bottom > top);
  return row === undefined ? null : Number(row.dataset.line);
}
