"""Makes text of unknown origin safe to print on a terminal."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?P<colour> (?:\x1b\[|\x9b) (?P<colour_codes>[0-9;:]*) m )
    | (?P<csi> (?:\x1b\[|\x9b) [0-?]* [ -/]* [@-~] )
    | (?P<string> (?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]) [^\x00-\x1f\x7f-\x9f]* (?:\x07|\x1b\\|\x9c) )
    | (?P<escape> \x1b [ -/]* [0-Z\\`-~] )
    | (?P<control> [\x00-\x08\x0a-\x1f\x7f-\x9f] )
    | (?P<text> [^\x00-\x08\x0a-\x1f\x7f-\x9f]+ )
    """,
    re.VERBOSE,
)
"""Alternatives in the order of preference. Each is linear, and none scans past a control character,
so that no input makes the whole slow. An incomplete sequence falls through to `control`."""

_PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*")
_ERASE_TO_END = frozenset({"\x1b[K", "\x1b[0K", "\x9bK", "\x9b0K"})
_ERASE_LINE = frozenset({"\x1b[2K", "\x9b2K"})
_RESET = "\x1b[0m"


def terminal_safe(text: str) -> str:
    """`text` as a terminal would show it in the end, with no control sequence but colours (SGR).

    A carriage return or backspace overwrites what stood there, as progress bars do; erasing to the
    end of the line and erasing the line are carried out, the latter back to its beginning. Every
    other sequence is dropped; other control characters, and sequences that are not complete, are
    shown as symbols (NUL as U+2400). Colours are reset at the end of each line.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "\n".join(map(_safe_line, text.split("\n")))


def _safe_line(line: str) -> str:
    row = _Row()
    for match in _TOKEN.finditer(line):
        token = match.group()
        match match.lastgroup:
            case "text":
                row.put(token)
            case "colour":
                row.colour(f"\x1b[{match['colour_codes']}m")
            case "csi":
                row.erase(token)
            case "control":
                row.control(token)
            case _:
                pass
    return row.text()


class _Row:
    """A line of an endlessly wide terminal: cells of one character with the colours before it."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._position = 0
        self._colours = ""
        self._coloured = False

    def put(self, text: str) -> None:
        """Write over what stands at the cursor."""
        cells = list(text)
        cells[0] = self._colours + cells[0]
        self._colours = ""
        end = self._position + len(cells)
        self._cells[self._position : end] = cells
        self._position = end

    def colour(self, sequence: str) -> None:
        """Colour what comes next."""
        self._colours += sequence
        self._coloured = True

    def erase(self, sequence: str) -> None:
        """Carry out a sequence that erases; drop any other."""
        if sequence in _ERASE_LINE:
            self._position = 0
        if sequence in _ERASE_LINE or sequence in _ERASE_TO_END:
            del self._cells[self._position :]

    def control(self, character: str) -> None:
        """Move the cursor, or show what should not be carried out."""
        if character == "\r":
            self._position = 0
        elif character == "\b":
            self._position = max(0, self._position - 1)
        else:
            self.put(_symbol(character))

    def text(self) -> str:
        """The row, from its first cell to its last."""
        shown = "".join(self._cells)
        return shown + _RESET if self._coloured else shown


def _symbol(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"\\x{code:02x}"
