/** Putting a text into the clipboard, which is said for a moment. */
import { useEffect, useState } from "react";

export type Copied = "no" | "yes" | "failed";

const SAID = 1_500;

export function useCopy(text: string): [Copied, () => void] {
  const [copied, setCopied] = useState<Copied>("no");
  useEffect(() => {
    if (copied === "no") return;
    const timer = window.setTimeout(() => {
      setCopied("no");
    }, SAID);
    return () => {
      window.clearTimeout(timer);
    };
  }, [copied]);
  const copy = () => {
    void write(text).then((done) => {
      setCopied(done ? "yes" : "failed");
    });
  };
  return [copied, copy];
}

/** False where the page may not write to the clipboard: over plain HTTP there is none. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
