import { SearchBox } from "../../ui/search-box";
import { useTyped } from "../../ui/typed";

interface Props {
  text: string;
  onSearch: (text: string) => void;
}

const PATIENCE = 250;

/** Searches titles and names, on the server. */
export function SearchField({ text, onSearch }: Props) {
  const [typed, setTyped] = useTyped(text, onSearch, PATIENCE);
  return (
    <SearchBox
      className="min-w-56 flex-1"
      label="Search titles and names"
      text={typed}
      onSearch={setTyped}
    />
  );
}
