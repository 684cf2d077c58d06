/**
 * What a terminal would show of a text in the end, as the command line shows it, too: the rules are
 * those of src/tasktrail/logs/terminal.py, and tests/unit/logs/terminal_cases.json holds both to them.
 */

/** Alternatives in the order of preference. None scans past a control character, so that no input makes
 * the whole slow. An incomplete sequence falls through to `control`. */
const TOKENS = new RegExp(
  [
    String.raw`(?:\x1b\[|\x9b)(?<colour>[0-9;:]*)m`,
    String.raw`(?<csi>(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~])`,
    String.raw`(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)`,
    String.raw`\x1b[ -/]*[0-Z\\${"`"}-~]`,
    String.raw`(?<control>[\x00-\x08\x0a-\x1f\x7f-\x9f])`,
    String.raw`(?<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)`,
  ].join("|"),
  "g",
);
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const ERASES_TO_END = /^(?:\x1b\[|\x9b)0?K$/;
const ERASES_LINE = /^(?:\x1b\[|\x9b)2K$/;

/** `text` with no control character but tabs, ends of lines and the sequences of colours (SGR). A
 * carriage return or backspace overwrites what stood there, as progress bars do; what else a program
 * sends to a terminal is left out or, where it is no whole sequence, shown as a symbol. */
export function asShown(text: string): string {
  return CONTROL.test(text) ? text.split("\n").map(row).join("\n") : text;
}

/** A line of an endlessly wide terminal: cells of one character with the colours before it. */
function row(line: string): string {
  const cells: string[] = [];
  let position = 0;
  let colours = "";
  const put = (text: string) => {
    for (const character of text) {
      cells[position] = colours + character;
      colours = "";
      position += 1;
    }
  };
  for (const { 0: token, groups } of line.matchAll(TOKENS)) {
    if (groups?.text !== undefined) put(token);
    else if (groups?.colour !== undefined) colours += `\x1b[${groups.colour}m`;
    else if (groups?.control !== undefined) {
      if (token === "\r") position = 0;
      else if (token === "\b") position = Math.max(0, position - 1);
      else put(symbolOf(token));
    } else if (groups?.csi !== undefined) {
      const whole = ERASES_LINE.test(token);
      if (whole) position = 0;
      if (whole || ERASES_TO_END.test(token)) cells.length = position;
    }
  }
  return cells.join("");
}

function symbolOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `\\x${code.toString(16)}`;
}
