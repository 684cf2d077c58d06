"""Fuzzes the making of text and spans from what programs write to terminals."""

from __future__ import annotations

import random
import re

from tasktrail.cli.log_text import shown_line
from tasktrail.logs.level import level_of
from tasktrail.logs.styled_line import PLAIN, styled_line
from tasktrail.logs.terminal import terminal_safe

_PARTS = [
    *("\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\x9b", "\x9c", "\x9d", "\x90", "\x07"),
    *("0", "1", "31", "38", "48", "5", "2", "255", "999", ";", ":", "?", "!", " ", "\t"),
    *("m", "K", "2K", "J", "H", "n", "c", "8;;http://x", "0;title", "\r", "\b", "\n", "\0"),
    *("a", "word", "\u00e4", "\u202e", "\U0001f511", "\x7f", "\x85", "\ufffd", "\ud800"),
]
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def execute(number: int) -> None:
    """One line.

    Raises:
        AssertionError: something gets through that a terminal would obey, or spans overlap.
    """
    chance = random.Random(number)
    text = _text(chance)
    safe = terminal_safe(text)
    assert not _CONTROL.search(_COLOUR.sub("", safe).replace("\n", "")), "a control character"
    line = styled_line(text)
    assert not _CONTROL.search(line.text), "a control character in the text of spans"
    position = 0
    for start, end, style in line.spans:
        assert position <= start < end <= len(line.text), "spans out of order"
        assert style != PLAIN, "a span without a style"
        position = end
    assert _CONTROL.search(shown_line(text, colours=False)) is None, "a control character, plain"
    coloured = _COLOUR.sub("", shown_line(text, colours=True))
    assert _CONTROL.search(coloured) is None, "a control character beside colours"
    assert coloured == shown_line(text, colours=False), "colours change the text"
    level_of(line.text)


def _text(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return chance.randbytes(chance.randint(0, 60)).decode("latin-1")
    return "".join(chance.choices(_PARTS, k=chance.randint(0, 25)))
