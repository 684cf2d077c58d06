/** Colours and weights of terminals, as pieces of text. What else a program sends to one is left out. */
import Anser from "anser";
import type { CSSProperties } from "react";

export interface Piece {
  text: string;
  className: string;
  style?: CSSProperties;
}

const SEQUENCES =
  /\x1b(?:\[[0-9;?]*[@-ln-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[()#][0-9A-Za-z]|[=>78DEHMNOZc])/g;
/** Control characters, and those that turn the direction of text around. */

const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
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

/** What can be read of a line; what cannot be seen is shown as a box. */
export function plain(text: string): string {
  return text
    .replace(SEQUENCES, "")
    .replace(/\x1b\[[0-9;]*m/g, "")
    .replace(UNSEEN, "\u{fffd}");
}

function split(text: string): Piece[] {
  if (!text.includes("\x1b")) return [{ text: plain(text), className: "" }];
  const entries = Anser.ansiToJson(text.replace(SEQUENCES, ""), {
    json: true,
    use_classes: true,
    remove_empty: true,
  });
  return entries.map(pieceOf);
}

function pieceOf(entry: Anser.AnserJsonEntry): Piece {
  const reverse = entry.decorations.includes("reverse");
  const decorations = entry.decorations.map((one) => DECORATIONS[one]);
  const [fg, bg] = reverse ? [entry.bg, entry.fg] : [entry.fg, entry.bg];
  const style: CSSProperties = {};
  if (fg === "ansi-truecolor") style.color = `rgb(${entry.fg_truecolor})`;
  if (bg === "ansi-truecolor") style.backgroundColor = `rgb(${entry.bg_truecolor})`;
  const names = [fg && `${fg}-fg`, bg && `${bg}-bg`, reverse && "ansi-reverse", ...decorations];
  return {
    text: plain(entry.content),
    className: names.filter(Boolean).join(" "),
    ...(Object.keys(style).length > 0 && { style }),
  };
}
