from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.logs.terminal import terminal_safe

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
PARTS = st.sampled_from(
    ["\x1b", "[", "]", "0;", "31m", "m", "2K", "K", "\r", "\b", "\x07", "\\", "\x9b", "\x9d", "P"]
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("tab\tand ünïcode ✓", "tab\tand ünïcode ✓"),
        ("two\nlines\n", "two\nlines\n"),
        ("nul\0bell\x07del\x7f", "nul␀bell␇del␡"),
        ("c1 \x85", "c1 \\x85"),
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[1;38:5:9mbold", "\x1b[1;38:5:9mbold\x1b[0m"),
        ("\x9b31mred", "\x1b[31mred\x1b[0m"),
        ("clear\x1b[2J\x1b[H screen", "clear screen"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP+q544e\x1b\\dcs", "dcs"),
        ("\x9d0;title\x9ctext", "text"),
        ("\x1bcreset", "reset"),
        ("\x1b(0charset", "charset"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("cut off \x1b[12", "cut off ␛[12"),
        ("never ends \x1b]0;title", "never ends ␛]0;title"),
        ("escape at the end\x1b", "escape at the end␛"),
    ],
)
def test_only_colours_are_left_of_control_sequences(text: str, shown: str) -> None:
    assert terminal_safe(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10%\r50%\r100%", "100%"),
        ("100%\r7", "700%"),
        ("dos line\r", "dos line"),
        ("long progress\r\x1b[Kdone", "done"),
        ("long progress\r\x1b[2Kdone", "done"),
        ("long progress\x1b[2K\rdone", "done"),
        ("abc\b\bX", "aXc"),
        ("\b\bstart", "start"),
        ("one\rtwo\nthree\rfour", "two\nfoure"),
        ("\x1b[32mold\x1b[0m\r\x1b[31mnew\x1b[0m", "\x1b[0m\x1b[31mnew\x1b[0m"),
    ],
)
def test_progress_is_shown_as_a_terminal_shows_it_in_the_end(text: str, shown: str) -> None:
    assert terminal_safe(text) == shown


@given(st.lists(st.one_of(PARTS, st.text(max_size=5))).map("".join))
def test_no_text_gets_a_control_character_through(text: str) -> None:
    assert not CONTROL.search(COLOUR.sub("", terminal_safe(text)))


@given(st.lists(st.one_of(PARTS, st.text(max_size=5))).map("".join))
def test_what_is_safe_stays_as_it_is_but_for_the_reset(text: str) -> None:
    safe = terminal_safe(text)
    assert COLOUR.sub("", terminal_safe(safe)) == COLOUR.sub("", safe)


@pytest.mark.parametrize(
    "part", ["\r", "\rx", "\x1b[2Kx", "\x1b]", "\x9d", "\x1b[", "\x1b[1", "\x1b[31m", "\x1bP", "\b"]
)
def test_hostile_mebibyte_is_rendered_in_linear_time(part: str) -> None:
    text = "a" * 500_000 + part * (500_000 // len(part))
    started = time.process_time()
    terminal_safe(text)
    assert time.process_time() - started < 10  # quadratic would be minutes
