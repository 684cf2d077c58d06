from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.cli.safe_text import cut, log_text, plain, plain_lines

ATTACKS = [
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]0;new title\x07",
    "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\",  # a hyperlink
    "\x1b]52;c;cm0gLXJm\x07",  # sets the clipboard
    "\x1b]0;never ended",
    "\x1bc",  # resets the terminal
    "\x1b7\x1b8",
    "\x1b[6n",  # asks the terminal to type
    "\x1bP+q544e\x1b\\",
    "\x9b31m",  # a control sequence of one character
    "\x1b[?1049h",
    "\x08\x07\x00\x7f",
    "abc\u202egpj.exe",  # reverses what is shown
    "1\u061c-2",  # lets it be read from the right
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_terminal_obeys_is_left(attack: str) -> None:
    for shown in (plain(attack), log_text(attack).plain, plain_lines(attack)):
        assert not set(shown) & set("\x1b\x9b\x07\x08\x00\x7f\u202e\u061c")


def test_a_log_line_keeps_its_colours_and_nothing_else_of_them() -> None:
    line = log_text("\x1b[1;31mred\x1b[0m \x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\")
    assert line.plain == "red link"
    assert [str(span.style) for span in line.spans] == ["bold color(1)"]


def test_brackets_are_no_markup() -> None:
    assert log_text("[red]a[/red] [link=x]").plain == "[red]a[/red] [link=x]"


def test_a_progress_bar_shows_its_last_state() -> None:
    assert log_text("10 %\r50 %\r100 %\r\n").plain == "100 %"


def test_tabs_become_columns() -> None:
    assert log_text("a\tb").plain == "a       b"


def test_text_of_several_lines_becomes_one_unless_lines_are_wanted() -> None:
    assert plain("a\nb\tc") == "a b c"
    assert plain_lines("a\nb\x1b[2J\nc") == "a\nb\nc"


def test_a_cut_is_visible() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"


@given(st.text())
def test_whatever_comes_is_harmless(text: str) -> None:
    for shown in (plain(text), log_text(text).plain):
        assert not any(c < " " or "\x7f" <= c <= "\x9f" for c in shown)
