/** The 256 colours of terminals (xterm): sixteen of the theme, a cube of 216, and 24 greys. */

const LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** Red, green and blue, such as "255, 0, 0", of a colour from 16 to 255. */
export function paletteColour(index: number): string {
  if (index >= 232) {
    const grey = String(8 + (index - 232) * 10);
    return [grey, grey, grey].join(", ");
  }
  const place = index - 16;
  return [place / 36, (place / 6) % 6, place % 6]
    .map((level) => String(LEVELS[Math.floor(level)] ?? 0))
    .join(", ");
}
