/** What is typed into a search, which is told on a moment after the last key. */
import { useEffect, useRef, useState } from "react";

/** `text` is what was told last, also by the address; `onText` hears of what is typed so many
 * milliseconds after the last key, however often the page around it changes meanwhile. */
export function useTyped(
  text: string,
  onText: (text: string) => void,
  patience: number,
): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    setTyped(text);
  }
  const latest = useRef(onText);
  useEffect(() => {
    latest.current = onText;
  });
  useEffect(() => {
    if (typed === text) return;
    const timer = window.setTimeout(() => {
      latest.current(typed);
    }, patience);
    return () => {
      window.clearTimeout(timer);
    };
  }, [typed, text, patience]);
  return [typed, setTyped];
}
