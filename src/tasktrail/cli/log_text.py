"""Log lines as they are printed: safe on any terminal, fast in a pipe."""

from __future__ import annotations

import re

from tasktrail.cli.safe_text import DIRECTION
from tasktrail.logs.styled_line import Style, styled_line

_PLAIN_LINES = re.compile(f"[^\x00-\x08\x0b-\x1f\x7f-\x9f{DIRECTION}]*")
_FLAGS = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "inverse": 7, "strike": 9}
_DIRECTIONS = re.compile(f"[{DIRECTION}]")
_RESET = "\x1b[0m"
SYSTEM_STYLE = Style(dim=True, italic=True)
"""How notes of Tasktrail itself look."""


def plain_lines(text: str) -> bool:
    """Whether lines can be printed as they are."""
    return _PLAIN_LINES.fullmatch(text) is not None


def shown_line(text: str, *, colours: bool, style: Style | None = None) -> str:
    """A line as a terminal would show it in the end, with colours or without, and without anything
    else that a terminal would obey. With `style` it looks like that, whatever its own colours."""
    line = styled_line(_DIRECTIONS.sub("", text))
    if not colours or not (line.spans or style):
        return line.text
    if style is not None:
        return in_style(line.text, style)
    pieces: list[str] = []
    position = 0
    for start, end, span_style in line.spans:
        pieces += [line.text[position:start], in_style(line.text[start:end], span_style)]
        position = end
    return "".join([*pieces, line.text[position:]])


def in_style(text: str, style: Style) -> str:
    """`text` between the sequences of a style and its end."""
    codes = [str(code) for name, code in _FLAGS.items() if getattr(style, name)]
    if style.foreground is not None:
        codes.append(_colour(style.foreground, 30))
    if style.background is not None:
        codes.append(_colour(style.background, 40))
    return f"\x1b[{';'.join(codes)}m{text}{_RESET}"


def _colour(colour: int | str, base: int) -> str:
    if isinstance(colour, str):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"{base + 8};2;{red};{green};{blue}"
    if colour < 8:
        return str(base + colour)
    return str(base + 60 + colour - 8) if colour < 16 else f"{base + 8};5;{colour}"
