"""A log line as text with styles: what a terminal would show of it, and nothing it would obey.

Whoever shows logs builds its own output from this: the command line colours of its own, a page
elements of its own. No sequence of the log gets through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasktrail.logs.terminal import terminal_safe

_COLOUR_SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)m")
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike"}
_FLAGS_OFF = {
    21: ("bold",),
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("inverse",),
    29: ("strike",),
}
_MOST_CODES = 64
"""Codes of one sequence that are looked at; no program writes as many."""


class Style(NamedTuple):
    """How a stretch of text looks. A colour is a number of the palette of 256, or `#rrggbb`."""

    foreground: int | str | None = None
    background: int | str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    strike: bool = False


class Span(NamedTuple):
    """The characters from `start` to before `end` look like `style`."""

    start: int
    end: int
    style: Style


class StyledLine(NamedTuple):
    """Text without any control character but tabs, and the spans of it that are not plain, in
    order and apart from each other."""

    text: str
    spans: tuple[Span, ...] = ()


PLAIN = Style()


def styled_line(text: str) -> StyledLine:
    """The line `text` as a terminal would show it in the end (see `terminal_safe`).

    Text that is to blink or to be hidden is shown plainly.
    """
    safe = terminal_safe(text.replace("\n", " "))
    if "\x1b" not in safe:
        return StyledLine(safe)
    shown: list[str] = []
    spans: list[Span] = []
    length, position, style = 0, 0, PLAIN
    for match in _COLOUR_SEQUENCE.finditer(safe):
        length = _add(shown, spans, length, safe[position : match.start()], style)
        style = _changed(style, match[1])
        position = match.end()
    _add(shown, spans, length, safe[position:], style)
    return StyledLine("".join(shown), tuple(spans))


def _add(shown: list[str], spans: list[Span], length: int, piece: str, style: Style) -> int:
    if not piece:
        return length
    shown.append(piece)
    end = length + len(piece)
    if style != PLAIN:
        if spans and spans[-1].end == length and spans[-1].style == style:
            length = spans.pop().start
        spans.append(Span(length, end, style))
    return end


def _changed(style: Style, sequence: str) -> Style:
    codes = _codes(sequence)
    for code in codes:
        if code == 0:
            style = PLAIN
        elif code in _FLAGS:
            style = style._replace(**{_FLAGS[code]: True})
        elif code in _FLAGS_OFF:
            style = style._replace(**dict.fromkeys(_FLAGS_OFF[code], False))
        elif code in (38, 48):
            colour = _extended(codes)
            if colour is not None:
                style = style._replace(**{_ground(code): colour})
        elif code in (39, 49):
            style = style._replace(**{_ground(code): None})
        elif 30 <= code <= 37 or 40 <= code <= 47:
            style = style._replace(**{_ground(code): code % 10})
        elif 90 <= code <= 97 or 100 <= code <= 107:
            style = style._replace(**{_ground(code - 60): code % 10 + 8})
    return style


def _codes(sequence: str) -> Iterator[int]:
    parts = re.split("[;:]", sequence)[:_MOST_CODES]
    return iter([int(part) if part and len(part) < 4 else 0 if not part else -1 for part in parts])


def _extended(codes: Iterator[int]) -> int | str | None:
    """The colour after a code 38 or 48: `5;n` or `2;r;g;b`."""
    match next(codes, None):
        case 5:
            number = next(codes, -1)
            return number if 0 <= number <= 255 else None
        case 2:
            parts = [next(codes, -1) for _ in range(3)]
            if all(0 <= part <= 255 for part in parts):
                return "#{:02x}{:02x}{:02x}".format(*parts)
        case _:
            pass
    return None


def _ground(code: int) -> str:
    return "foreground" if code < 40 else "background"
