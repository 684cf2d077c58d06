/** Where in a line the text is that is searched for, whatever its case and its colours. */
import type { Piece } from "./ansi";

export interface Part {
  text: string;
  found: boolean;
}

/** What finds a text as the search of the server does; null when nothing is searched for. */
export function finderOf(sought: string): RegExp | null {
  return sought === "" ? null : new RegExp(sought.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
}

/** The text of each piece, cut where something that was found begins and ends. It is found in what is
 * shown: what a progress bar has overwritten is not. */
export function partsOf(pieces: readonly Piece[], finder: RegExp | null): Part[][] {
  const whole = pieces.map((piece) => piece.text).join("");
  const edges = finder === null ? [] : edgesOf(whole, finder);
  let [start, passed] = [0, 0];
  return pieces.map((piece) => {
    const end = start + piece.text.length;
    const parts: Part[] = [];
    while (start < end) {
      while ((edges[passed] ?? Infinity) <= start) passed += 1;
      const next = Math.min(edges[passed] ?? end, end);
      parts.push({ text: whole.slice(start, next), found: passed % 2 === 1 });
      start = next;
    }
    return parts;
  });
}

/** Where hits begin and end, by turns. */
function edgesOf(text: string, finder: RegExp): number[] {
  return [...text.matchAll(finder)].flatMap((hit) => [hit.index, hit.index + hit[0].length]);
}
