import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { Status } from "../../api/shapes";
import { classNames } from "../../ui/class-names";
import { Select } from "../../ui/select";
import { StatusIcon } from "../../ui/status-badge";
import { statusLook } from "../../ui/status-look";
import { SCOPES, type TaskFilter } from "./task-filter";

const STATUSES: Status[] = [
  "in_progress",
  "queued",
  "pending",
  "backed_off",
  "failed",
  "timed_out",
  "done_with_warnings",
  "done",
  "canceling",
  "canceled",
];
const VIEWS = { flat: "Flat", tree: "By origin" } as const;

interface Props {
  filter: TaskFilter;
  change: (change: Partial<TaskFilter>) => void;
}

export function FilterBar({ filter, change }: Props) {
  return (
    <div className="mb-4 flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <SearchField
          text={filter.search}
          onSearch={(search) => {
            change({ search });
          }}
        />
        <Select
          label="Scope"
          value={filter.scope}
          choices={SCOPES}
          onChoose={(scope) => {
            change({ scope });
          }}
        />
        <Select
          label="View"
          value={filter.view}
          choices={VIEWS}
          onChoose={(view) => {
            change({ view });
          }}
        />
      </div>
      <ul aria-label="Statuses" className="flex flex-wrap gap-1.5">
        {STATUSES.map((status) => (
          <li key={status}>
            <StatusToggle
              status={status}
              on={filter.statuses.includes(status)}
              onToggle={() => {
                change({ statuses: toggled(filter.statuses, status) });
              }}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface SearchProps {
  text: string;
  onSearch: (text: string) => void;
}

/** Searches a moment after the last key. */
function SearchField({ text, onSearch }: SearchProps) {
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => {
    if (typed === text) return;
    const timer = window.setTimeout(() => {
      onSearch(typed);
    }, 250);
    return () => {
      window.clearTimeout(timer);
    };
  }, [typed, text, onSearch]);
  return (
    <div className="relative min-w-56 flex-1">
      <Search
        size={16}
        aria-hidden
        className="absolute top-1/2 left-3 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        aria-label="Search titles and names"
        placeholder="Search titles and names"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        className="min-h-9 w-full rounded-lg border border-line-strong bg-surface pr-3 pl-9 text-sm"
      />
    </div>
  );
}

interface ToggleProps {
  status: Status;
  on: boolean;
  onToggle: () => void;
}

function StatusToggle({ status, on, onToggle }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onToggle}
      className={classNames(
        "inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-xs transition-colors",
        on
          ? "border-accent bg-accent-soft text-accent-strong"
          : "border-line bg-surface text-muted",
      )}
    >
      <StatusIcon status={status} size={13} />
      <span aria-hidden>{statusLook(status).word}</span>
    </button>
  );
}

function toggled(all: string[], one: string): string[] {
  return all.includes(one) ? all.filter((each) => each !== one) : [...all, one];
}
