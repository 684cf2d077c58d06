import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { piecesOf, plain } from "./ansi";
import { asShown } from "./terminal";

/** Those that the command line keeps to. */
const CASES = JSON.parse(
  readFileSync(
    new URL("../../../../tests/unit/logs/terminal_cases.json", import.meta.url),
    "utf-8",
  ),
) as Record<"sequences" | "progress", [text: string, shown: string][]>;

/** The command line resets colours at the end of a line; the page needs no such thing. */
const withoutReset = (shown: string) => shown.replace(/\x1b\[0m$/, "");

test.each(CASES.sequences)(
  "of the control sequences of %j only colours are left",
  (text, shown) => {
    expect(asShown(text)).toBe(withoutReset(shown));
  },
);

test.each(CASES.progress)("%j is shown as a terminal shows it in the end", (text, shown) => {
  expect(asShown(text)).toBe(withoutReset(shown));
});

test("a progress bar is its last state, in the colours of that", () => {
  const text = "\x1b[33mprogress 20%\r\x1b[33mprogress 40%\r\x1b[32mprogress 100%\x1b[0m";
  expect(plain(text)).toBe("progress 100%");
  expect(piecesOf({ text }).map((piece) => piece.text)).toEqual(["progress 100%"]);
  expect(piecesOf({ text })[0]?.className).toBe("ansi-green-fg");
});

test("what turns the direction of text around is shown as a box", () => {
  expect(plain("a\u202eb")).toBe("a\u{fffd}b");
  expect(piecesOf({ text: "\x1b[31ma\u2066b" })[0]?.text).toBe("a\u{fffd}b");
});

test.each(["\r", "\rx", "\x1b[2Kx", "\x1b]", "\x9d", "\x1b[", "\x1b[31m", "\x1bP", "\b"])(
  "half a mebibyte of %j is shown in linear time",
  (part) => {
    const text = "a".repeat(250_000) + part.repeat(250_000 / part.length);
    const started = performance.now();
    asShown(text);
    expect(performance.now() - started).toBeLessThan(5_000); // quadratic would be minutes
  },
);
