/** Keys of a page. They do nothing while somebody types. */
import { useEffect, useRef } from "react";
import { singleKey } from "./single-keys";

export type PageKeys = Record<string, () => void>;

export function usePageKeys(keys: PageKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = singleKey(event);
      const deed = key === null ? undefined : latest.current[key];
      if (deed === undefined) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}
