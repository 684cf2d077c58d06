import { Search } from "lucide-react";
import { useEffect, useState } from "react";

interface SearchProps {
  text: string;
  onSearch: (text: string) => void;
}

/** Searches a moment after the last key. */
export function SearchField({ text, onSearch }: SearchProps) {
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
