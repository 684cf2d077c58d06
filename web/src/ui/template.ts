/** The title of a definition where there are no inputs: what they will be stands as `…`. */
export function withoutInputs(title: string): string {
  return title.replace(/\{\{.*?\}\}/g, "…");
}
