"""Text that others wrote, on its way to a terminal.

Titles, names and messages become plain characters; log lines may keep their colours (SGR), and
nothing else that a terminal would obey gets through. Texts are built without rich's markup, so
brackets in them mean nothing.
"""

from __future__ import annotations

import re

from rich.text import Text

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


def plain(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey."""
    return _UNSAFE.sub("", _CONTROL.sub("", text)).replace("\t", " ").replace("\n", " ")


def plain_lines(text: str) -> str:
    """Like `plain`, but its line breaks are kept."""
    return "\n".join(plain(line) for line in text.splitlines())


def log_text(text: str) -> Text:
    """A log line with its colours, and without anything else that a terminal would obey.

    Of a line that was rewritten with carriage returns (a progress bar), the last state is shown.
    """
    shown = text.rstrip("\r\n").rpartition("\r")[2].expandtabs(8)
    if "\x1b" not in shown:
        return Text(plain(shown), end="")
    pieces = _COLOUR.split(shown)
    pieces[::2] = [plain(piece) for piece in pieces[::2]]
    line = Text.from_ansi("".join(pieces))
    line.end = ""
    return line


def cut(text: str, width: int) -> str:
    """`text` in at most `width` characters; the cut is visible."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
