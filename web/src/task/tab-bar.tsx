import { useRef } from "react";
import { classNames } from "../ui/class-names";
import { TABS, type Tab } from "./view";

interface Props {
  tab: Tab;
  onTab: (tab: Tab) => void;
}

/** Arrow keys go from tab to tab, as everywhere. */
export function TabBar({ tab, onTab }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const all = Object.keys(TABS) as Tab[];
  const move = (by: number) => {
    const next = all[(all.indexOf(tab) + by + all.length) % all.length] ?? "log";
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label="Views of the task"
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") move(1);
        if (event.key === "ArrowLeft") move(-1);
      }}
      className="flex gap-1 overflow-x-auto overflow-y-hidden"
    >
      {all.map((one) => (
        <button
          key={one}
          id={`tab-${one}`}
          type="button"
          role="tab"
          aria-selected={one === tab}
          aria-controls="tab-panel"
          tabIndex={one === tab ? 0 : -1}
          onClick={() => {
            onTab(one);
          }}
          className={classNames(
            "min-h-10 border-b-2 px-2 text-sm sm:px-3 font-medium whitespace-nowrap -outline-offset-2",
            one === tab
              ? "border-accent text-accent-strong"
              : "border-transparent text-muted hover:text-text",
          )}
        >
          {TABS[one]}
        </button>
      ))}
    </div>
  );
}
