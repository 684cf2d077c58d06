import { X } from "lucide-react";
import type { Status } from "../../api/shapes";
import { classNames } from "../../ui/class-names";
import { Select } from "../../ui/select";
import { StatusIcon } from "../../ui/status-badge";
import { statusLook } from "../../ui/status-look";
import { PlaceSelect } from "./place-select";
import { SearchField } from "./search-field";
import { AUTHORS, KINDS, narrows, type TaskFilter, UNFILTERED } from "./task-filter";

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
        <div className="grid grid-cols-2 gap-3 max-sm:w-full sm:contents">
          <PlaceSelect filter={filter} change={change} />
          <Select
            label="By"
            value={filter.authors}
            choices={AUTHORS}
            onChoose={(authors) => {
              change({ authors });
            }}
          />
          <Select
            label="Kind"
            value={filter.kind}
            choices={KINDS}
            onChoose={(kind) => {
              change({ kind });
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
      </div>
      <ul
        aria-label="Statuses"
        className="relative flex gap-1.5 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-1 sm:flex-wrap"
      >
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
        {filter.names.map((name) => (
          <li key={name}>
            <NameChip
              name={name}
              onRemove={() => {
                change({ names: filter.names.filter((one) => one !== name) });
              }}
            />
          </li>
        ))}
        {narrows(filter) && (
          <li>
            <button
              type="button"
              onClick={() => {
                change(UNFILTERED);
              }}
              className="inline-flex min-h-8 items-center gap-1.5 rounded-full px-3 text-xs whitespace-nowrap text-accent hover:bg-sunken"
            >
              <X size={13} aria-hidden /> Clear all filters
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

function NameChip({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <button
      type="button"
      onClick={onRemove}
      className="inline-flex min-h-8 items-center gap-1.5 rounded-full border border-accent bg-accent-soft px-3 text-xs text-accent-strong"
    >
      <span className="sr-only">Do not ask for </span>
      {name}
      <X size={13} aria-hidden />
    </button>
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
        "inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-xs whitespace-nowrap transition-colors",
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
