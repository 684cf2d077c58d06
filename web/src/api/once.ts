/** A key that is used for one submission; also where the page came over plain HTTP, in which
 * browsers have no `randomUUID`. */
export function newOnce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
