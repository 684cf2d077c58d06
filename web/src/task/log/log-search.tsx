import { ChevronDown, ChevronUp } from "lucide-react";
import { MOST_HITS } from "../../api/task";
import type { FoundLines } from "../../api/shapes";
import { Button } from "../../ui/button";
import { SearchBox } from "../../ui/search-box";
import { useTyped } from "../../ui/typed";

interface Props {
  text: string;
  found: FoundLines | undefined;
  problem: string | undefined;
  /** The place of the hit that is shown, from 0; -1 for none. */
  at: number;
  onSearch: (text: string) => void;
  onGo: (at: number) => void;
}

const PATIENCE = 300;

/** Looks for a text in all logs of the task: how often, where, next and previous. */
export function LogSearch({ text, found, problem, at, onSearch, onGo }: Props) {
  const [typed, setTyped] = useTyped(text, onSearch, PATIENCE);
  const count = found?.items.length ?? 0;
  const step = (by: number) => {
    if (count > 0) onGo((at + by + count) % count);
  };
  return (
    // As wide with a count and arrows as without them; below the tabs where it finds no room beside them.
    <div className="flex min-w-0 flex-[1_1_21rem] items-center justify-end gap-1 py-1">
      <SearchBox
        className="min-w-24 flex-1 md:max-w-56"
        id="log-search"
        label="Search all logs of this task"
        placeholder="Search all logs"
        text={typed}
        onSearch={setTyped}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
        }}
      />
      {text !== "" && (
        <>
          <span role="status" className="tabular min-w-14 px-1 text-right text-xs text-muted">
            {problem ?? counted(at, found)}
          </span>
          <Button
            look="quiet"
            className="px-1.5"
            aria-label="Previous hit"
            disabled={count === 0}
            onClick={() => {
              step(-1);
            }}
          >
            <ChevronUp size={16} aria-hidden />
          </Button>
          <Button
            look="quiet"
            className="px-1.5"
            aria-label="Next hit"
            disabled={count === 0}
            onClick={() => {
              step(1);
            }}
          >
            <ChevronDown size={16} aria-hidden />
          </Button>
        </>
      )}
    </div>
  );
}

function counted(at: number, found: FoundLines | undefined): string {
  if (found === undefined) return "Searching";
  if (found.items.length === 0) return "No line";
  const all = found.truncated ? `${MOST_HITS.toLocaleString("en")}+` : String(found.items.length);
  if (at < 0) return all === "1" ? "1 line" : `${all} lines`;
  return `${String(at + 1)} of ${all}`;
}
