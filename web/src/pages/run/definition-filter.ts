import type { Definitions } from "../../api/definitions";
import type { Definition } from "../../api/shapes";

/** Definitions that hold every word that is sought, those named so first. */
export function foundDefinitions(all: readonly Definition[], sought: string): Definition[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (one: Definition) => {
    const name = one.name.toLowerCase();
    if (words.length === 0) return 0;
    if (words.every((word) => name.startsWith(word))) return 0;
    return words.every((word) => name.includes(word)) ? 1 : 2;
  };
  return all
    .filter((one) => {
      const text = `${one.name} ${one.title} ${one.description}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((one, index) => ({ one, index }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index)
    .map(({ one }) => one);
}

/** Files that cannot be used and hold every word that is sought, in the name or in what is wrong. */
export function foundBroken(all: Definitions["broken"], sought: string): Definitions["broken"] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = [one.name, ...one.problems].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
