/** Colours and weights of terminals, as pieces of text. What else a program sends to one is left out. */
import Anser from "anser";
import type { CSSProperties } from "react";
import { paletteColour } from "./palette";
import { asShown } from "./terminal";

export interface Piece {
  text: string;
  className: string;
  style?: CSSProperties;
}

const COLOURS = /\x1b\[[0-9;:]*m/g;
/** Characters that turn the direction of text around. */
const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const DECORATIONS: Record<string, string> = {
  bold: "font-semibold",
  dim: "opacity-75",
  italic: "italic",
  underline: "underline",
  strikethrough: "line-through",
};

const known = new WeakMap<object, Piece[]>();

/** The pieces of a line. */
export function piecesOf(line: { text: string }): Piece[] {
  let pieces = known.get(line);
  if (pieces === undefined) {
    pieces = split(line.text);
    known.set(line, pieces);
  }
  return pieces;
}

/** What can be read of a text; what would turn its direction around is shown as a box. */
export function plain(text: string): string {
  return unturned(asShown(text).replace(COLOURS, ""));
}

function unturned(text: string): string {
  return text.replace(TURNS, "\u{fffd}");
}

function split(text: string): Piece[] {
  const shown = asShown(text);
  if (!shown.includes("\x1b")) return [{ text: unturned(shown), className: "" }];
  const entries = Anser.ansiToJson(shown.replace(COLONS, semicolons), {
    json: true,
    use_classes: true,
    remove_empty: true,
  });
  return (entries as Entry[]).map(pieceOf);
}

/** Colours may be written with colons, and then with an empty place for a space of colours. */
const COLONS = /\x1b\[[0-9;]*:[0-9;:]*m/g;

function semicolons(sequence: string): string {
  return sequence.replace(/([34]8:2):\d*:(?=\d*:\d*:\d)/g, "$1:").replaceAll(":", ";");
}

/** Its types leave this out; colours have changed places already. */
interface Entry extends Anser.AnserJsonEntry {
  isInverted: boolean;
}

function pieceOf(entry: Entry): Piece {
  // Turned around, the ground has the colour of the text; without one it has that of all text.
  const plainly = entry.isInverted && entry.bg === "ansi-white";
  const fg = entry.isInverted ? NO_COLOUR : colourOf(entry.fg, entry.fg_truecolor);
  const bg = plainly ? NO_COLOUR : colourOf(entry.bg, entry.bg_truecolor);
  const style: CSSProperties = {};
  if (fg.rgb !== null) style.color = readable(fg.rgb);
  if (bg.rgb !== null)
    style.backgroundColor = `color-mix(in srgb, rgb(${bg.rgb}) 30%, transparent)`;
  const names = [
    fg.name && `${fg.name}-fg`,
    bg.name && `${bg.name}-bg`,
    plainly && "ansi-reverse",
    ...entry.decorations.map((one) => DECORATIONS[one]),
  ];
  return {
    text: unturned(entry.content),
    className: names.filter(Boolean).join(" "),
    ...(Object.keys(style).length > 0 && { style }),
  };
}

/** As light or dark as it takes to be read on either page (WCAG AA): a program does not know ours. */
function readable(rgb: string): string {
  const light = `oklch(from rgb(${rgb}) min(l, 0.46) c h)`;
  const dark = `oklch(from rgb(${rgb}) max(l, 0.75) c h)`;
  return `light-dark(${light}, ${dark})`;
}

/** Of the theme, by its name, or any other. */
interface Colour {
  name: string | null;
  rgb: string | null;
}

const NO_COLOUR: Colour = { name: null, rgb: null };

function colourOf(name: string | null, truecolor: string | null): Colour {
  if (name === "ansi-truecolor") return { name: null, rgb: truecolor };
  const index = /^ansi-palette-(\d+)$/.exec(name ?? "")?.[1];
  return index === undefined
    ? { name, rgb: null }
    : { name: null, rgb: paletteColour(Number(index)) };
}
