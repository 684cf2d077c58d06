from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.logs.terminal import terminal_safe

CASES = json.loads((Path(__file__).parent / "terminal_cases.json").read_text(encoding="utf-8"))
"""What the dashboard keeps to, too: web/src/task/log/terminal.test.ts."""

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
PARTS = st.sampled_from(
    ["\x1b", "[", "]", "0;", "31m", "m", "2K", "K", "\r", "\b", "\x07", "\\", "\x9b", "\x9d", "P"]
)


@pytest.mark.parametrize(("text", "shown"), CASES["sequences"])
def test_only_colours_are_left_of_control_sequences(text: str, shown: str) -> None:
    assert terminal_safe(text) == shown


@pytest.mark.parametrize(("text", "shown"), CASES["progress"])
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
