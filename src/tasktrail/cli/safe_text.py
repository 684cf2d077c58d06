"""Text that others wrote, on its way to a terminal.

Titles, names and messages become plain characters; log lines may keep their colours (SGR), and
nothing else that a terminal would obey gets through. Texts are built without rich's markup, so
brackets in them mean nothing.
"""

from __future__ import annotations

import re

from rich.text import Text

from tasktrail.logs.terminal import terminal_safe

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]")
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""Turns the direction of writing, so that a text reads as something else than it is; or no text."""
_DIRECTION = re.compile(f"[{DIRECTION}]")
_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{DIRECTION}]")


def plain(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey."""
    return _UNSAFE.sub("", _CONTROL.sub("", text)).replace("\t", " ").replace("\n", " ")


def plain_lines(text: str) -> str:
    """Like `plain`, but its line breaks are kept."""
    return "\n".join(plain(line) for line in text.splitlines())


def log_text(text: str) -> Text:
    """A log line with its colours, as a terminal would show it in the end (a progress bar in its
    last state), and without anything else that a terminal would obey."""
    shown = _DIRECTION.sub("", terminal_safe(text.rstrip("\r\n").replace("\n", " ")))
    if "\x1b" not in shown:
        return Text(shown.expandtabs(8), end="")
    line = Text.from_ansi(shown)
    line.expand_tabs(8)
    line.end = ""
    return line


def cut(text: str, width: int) -> str:
    """`text` in at most `width` characters; the cut is visible."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
