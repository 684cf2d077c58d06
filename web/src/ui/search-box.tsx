import { Search } from "lucide-react";

interface Props {
  label: string;
  text: string;
  onSearch: (text: string) => void;
}

/** Searches what is on the page already, with every key. */
export function SearchBox({ label, text, onSearch }: Props) {
  return (
    <div className="relative mb-4">
      <Search
        size={16}
        aria-hidden
        className="absolute top-1/2 left-3 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => {
          onSearch(event.target.value);
        }}
        className="min-h-10 w-full rounded-lg border border-line-strong bg-surface pr-3 pl-9 text-sm"
      />
    </div>
  );
}
