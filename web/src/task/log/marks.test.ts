import { expect, test } from "vitest";
import { piecesOf } from "./ansi";
import { finderOf, partsOf } from "./marks";

/** The pieces of a line, what is found in brackets. */
function marked(text: string, sought: string): string[] {
  return partsOf(piecesOf({ text }), finderOf(sought)).map((parts) =>
    parts.map((part) => (part.found ? `[${part.text}]` : part.text)).join(""),
  );
}

test.each([
  ["no such thing", "error", ["no such thing"]],
  ["An Error, an ERROR", "error", ["An [Error], an [ERROR]"]],
  ["aaaa", "aa", ["[aa][aa]"]],
  ["all of it", "all of it", ["[all of it]"]],
  ["a+b [c] 3/4-5 (x|y) \\d", "[c] 3/4-5 (x|y) \\d", ["a+b [[c] 3/4-5 (x|y) \\d]"]],
  ["nothing is searched for", "", ["nothing is searched for"]],
  ["Stra\u00dfe \u017fo", "SO", ["Stra\u00dfe [\u017fo]"]],
])("in %j the text %j is found, whatever its case", (text, sought, shown) => {
  expect(marked(text, sought)).toEqual(shown);
});

test("what has several colours is found from the first to the last of them", () => {
  const text = "is \x1b[31mre\x1b[32md and \x1b[33mgreen";
  expect(marked(text, "RED AND G")).toEqual(["is ", "[re]", "[d and ]", "[g]reen"]);
});

test("what a progress bar has overwritten is not found, and what is left of it is", () => {
  expect(marked("progress 20%\rprogress 100%", "20%")).toEqual(["progress 100%"]);
  expect(marked("progress 20%\rprogress 100%", "100%")).toEqual(["progress [100%]"]);
});
