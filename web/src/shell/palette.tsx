import { CornerDownLeft, FileText, ListChecks, type LucideIcon, Play, Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useDefinitions } from "../api/definitions";
import { useTasks } from "../api/tasks";
import { classNames } from "../ui/class-names";
import { useShownDialog } from "../ui/dialog";
import { StatusIcon } from "../ui/status-badge";
import { ADMINISTRATION, PAGES } from "./pages";
import { entriesFor, type Entry } from "./palette-entries";

const ICONS: Record<Entry["kind"], LucideIcon> = {
  page: FileText,
  task: ListChecks,
  definition: Play,
  search: Search,
};
const EVERY_PAGE = [...PAGES, ...ADMINISTRATION];

/** Anywhere from anywhere: type, and press Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const ref = useShownDialog();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  // A task that comes meanwhile would have Enter lead to another entry than the one that was chosen.
  const tasks = useTasks({ pageSize: 30 }, { once: true }).data?.items ?? [];
  const definitions = useDefinitions().data?.items ?? [];
  const entries = entriesFor(typed, EVERY_PAGE, tasks, definitions);
  const current = Math.min(chosen, entries.length - 1);
  const navigate = useNavigate();
  const go = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    void navigate(entry.to);
  };
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setChosen((current + move + entries.length) % entries.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      go(entries[current]);
    }
  };
  return (
    <dialog
      ref={ref}
      aria-label="Go to"
      onClose={() => {
        if (ref.current?.open !== true) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className="mx-auto mt-[12vh] w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-2xl border border-line bg-raised text-text shadow-(--shadow) backdrop:bg-black/45"
    >
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search size={18} aria-hidden className="shrink-0 text-muted" />
        <input
          role="combobox"
          aria-label="Go to a page, a task by its number, or a definition"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={`${listId}-${String(current)}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="A page, #4711, a definition to run…"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
          className="min-h-13 w-full bg-transparent outline-none"
        />
      </div>
      <ul
        id={listId}
        role="listbox"
        aria-label="Results"
        className="max-h-[50vh] overflow-y-auto p-2"
      >
        {entries.map((entry, index) => (
          <Option
            key={entry.to + entry.kind}
            id={`${listId}-${String(index)}`}
            entry={entry}
            current={index === current}
            onPick={() => {
              go(entry);
            }}
            onPoint={() => {
              setChosen(index);
            }}
          />
        ))}
      </ul>
    </dialog>
  );
}

interface OptionProps {
  id: string;
  entry: Entry;
  current: boolean;
  onPick: () => void;
  onPoint: () => void;
}

function Option({ id, entry, current, onPick, onPoint }: OptionProps) {
  const ref = useRef<HTMLLIElement>(null);
  const Icon = ICONS[entry.kind];
  useEffect(() => {
    if (current) ref.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li
      ref={ref}
      id={id}
      role="option"
      aria-selected={current}
      onClick={onPick}
      onMouseMove={onPoint}
      className={classNames(
        "flex cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-sm",
        current && "bg-accent-soft text-accent-strong",
      )}
    >
      {entry.status === undefined ? (
        <Icon size={16} aria-hidden className="shrink-0 text-muted" />
      ) : (
        <StatusIcon status={entry.status} />
      )}
      <span className="min-w-0 flex-1 truncate">{entry.text}</span>
      <span className="max-w-[45%] truncate text-xs text-muted">{entry.detail}</span>
      {current && <CornerDownLeft size={14} aria-hidden className="shrink-0 text-muted" />}
    </li>
  );
}
