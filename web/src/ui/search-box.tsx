import { Search } from "lucide-react";
import type { InputHTMLAttributes } from "react";
import { classNames } from "./class-names";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "value" | "onChange"> {
  label: string;
  text: string;
  onSearch: (text: string) => void;
}

/** A field for words to look for. */
export function SearchBox({ label, text, onSearch, className, ...rest }: Props) {
  return (
    <div className={classNames("relative", className)}>
      <Search
        size={16}
        aria-hidden
        className="absolute top-1/2 left-3 -translate-y-1/2 text-muted"
      />
      <input
        placeholder={label}
        {...rest}
        type="search"
        aria-label={label}
        value={text}
        onChange={(event) => {
          onSearch(event.target.value);
        }}
        className="min-h-9 w-full rounded-lg border border-line-strong bg-surface pr-3 pl-9 text-sm"
      />
    </div>
  );
}
