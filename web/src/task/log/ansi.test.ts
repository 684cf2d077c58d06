import { expect, test } from "vitest";
import { piecesOf, plain } from "./ansi";

const pieces = (text: string) => piecesOf({ text });
const colour = (text: string) => pieces(text)[0]?.style?.color;

test("colours and weights are classes of pieces, and their texts are the line", () => {
  expect(pieces("\x1b[1;32mok\x1b[0m done")).toEqual([
    { text: "ok", className: "ansi-green-fg font-semibold" },
    { text: " done", className: "" },
  ]);
});

test("a line without colours is one piece", () => {
  expect(pieces("<b>plain</b>")).toEqual([{ text: "<b>plain</b>", className: "" }]);
});

test.each([
  ["\x1b[38;5;196mx", "255, 0, 0"],
  ["\x1b[38;5;16mx", "0, 0, 0"],
  ["\x1b[38;5;67mx", "95, 135, 175"],
  ["\x1b[38;5;255mx", "238, 238, 238"],
  ["\x1b[38;2;10;20;30mx", "10, 20, 30"],
  ["\x1b[38:5:196mx", "255, 0, 0"],
  ["\x1b[38:2::10:20:30mx", "10, 20, 30"],
  ["\x1b[38:2:10:20:30mx", "10, 20, 30"],
])("%j has the colour %s", (text, rgb) => {
  expect(colour(text)).toContain(`rgb(${rgb})`);
  expect(pieces(text)[0]?.text).toBe("x");
});

test("the first sixteen of 256 colours are those of the theme", () => {
  expect(pieces("\x1b[38;5;3mx")[0]?.className).toBe("ansi-yellow-fg");
});

test("turned around, the colour of the text is that of the ground", () => {
  expect(pieces("\x1b[7mx")[0]?.className).toBe("ansi-reverse");
  expect(pieces("\x1b[7;31mx")[0]?.className).toBe("ansi-red-bg");
  const [piece] = pieces("\x1b[7;38;5;196mx");
  expect(piece?.style?.backgroundColor).toContain("rgb(255, 0, 0)");
  expect(piece?.style?.color).toBeUndefined();
});

test("what moves a cursor, sets a title or links somewhere is left out", () => {
  const text = "\x1b[2J\x1b]0;title\x07\x1b]8;;https://evil.example\x07here\x1b]8;;\x07\x1b[1A";
  expect(plain(text)).toBe("here");
});

test("what cannot be seen is a symbol, and what turns the direction of text around a box", () => {
  expect(plain("a\x00b\u202ec\tD")).toBe("a\u2400b\ufffdc\tD");
});
