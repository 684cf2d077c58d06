from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tasktrail.cli.log_printer import LogPrinter
from tasktrail.local.log_shape import FoundLine, FoundLines, HitCount, LogLines, LogRun, OpenText

AT = datetime(2026, 11, 24, 16, 0, 0, 123456, tzinfo=UTC)
SAFE_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Page:
    """What a printer has written."""

    def __init__(
        self, *, colours: bool = False, prefixed: bool = False, times: bool = False
    ) -> None:
        self._written: list[str] = []
        self.printer = LogPrinter(
            self._written.append, colours=colours, prefixed=prefixed, timestamps=times
        )

    @property
    def text(self) -> str:
        return "".join(self._written)


def block(text: str, level: str = "stdout", step_id: int = 1) -> LogLines:
    runs = (LogRun(count=text.count("\n") + 1, level=level, time=AT),)
    return LogLines(job="build", step="wheel", step_id=step_id, text=text, runs=runs)


def begun(text: str, step_id: int = 1) -> OpenText:
    return OpenText(job="build", step="wheel", step_id=step_id, text=text)


def test_lines_stand_behind_their_step_and_time() -> None:
    page = Page(prefixed=True, times=True)
    page.printer.lines(block("one\ntwo"))
    at = AT.astimezone().isoformat(" ", "milliseconds")
    assert page.text == f"{at} [build/wheel] one\n{at} [build/wheel] two\n"


def test_runs_of_a_block_keep_their_order() -> None:
    page = Page()
    runs = (LogRun(count=2), LogRun(count=1, level="stderr"), LogRun(count=1))
    page.printer.lines(LogLines(job="j", step="s", text="a\n\nb\nc", runs=runs))
    assert page.text == "a\n\nb\nc\n"


def test_colours_are_for_terminals_only() -> None:
    text = "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2Jafter"
    plain, coloured = Page(), Page(colours=True)
    plain.printer.lines(block(text))
    coloured.printer.lines(block(text))
    assert plain.text == "red after\n"
    assert coloured.text == "\x1b[31mred\x1b[0m after\n"


def test_prompt_is_shown_before_its_line_is_complete_and_once() -> None:
    page = Page(prefixed=True)
    page.printer.lines(block("hello"))
    page.printer.open_text(begun("Pass"))
    page.printer.open_text(begun("word: "))
    assert page.text == "[build/wheel] hello\n[build/wheel] Password: "
    page.printer.lines(block("Password: ****\nthanks"))
    assert page.text == "[build/wheel] hello\n[build/wheel] Password: ****\n[build/wheel] thanks\n"


def test_line_of_another_step_does_not_continue_a_prompt() -> None:
    page = Page()
    page.printer.open_text(begun("Sure? "))
    page.printer.lines(block("other", step_id=2))
    page.printer.lines(block("Sure? yes"))
    page.printer.open_text(begun("end"))
    page.printer.end()
    assert page.text == "Sure? \nother\nSure? yes\nend\n"


def test_progress_bar_is_shown_when_it_begins_and_when_it_is_complete() -> None:
    page = Page()
    for part in ("10 %", "\r20 %", "\r30 %"):
        page.printer.open_text(begun(part))
    page.printer.lines(block("10 %\r20 %\r30 %\r100 %"))
    assert page.text == "10 %\n100 %\n"


def test_found_lines_have_numbers_and_groups() -> None:
    page = Page(prefixed=True)
    found = (
        FoundLine(line=6, text="before"),
        FoundLine(line=7, text="an error", hit=(3, 8)),
        FoundLine(line=12, text="error", hit=(0, 5)),
    )
    page.printer.found(FoundLines(job="b", step="s", lines=found), parted=True)
    page.printer.count(HitCount(job="b", step="s", count=2))
    assert page.text == "[b/s] 6- before\n[b/s] 7: an error\n--\n[b/s] 12: error\n[b/s] 2\n"


def test_hit_is_marked_on_a_terminal() -> None:
    page = Page(colours=True)
    found = (FoundLine(line=7, text="an error", hit=(3, 8)),)
    page.printer.found(FoundLines(job="b", step="s", lines=found), parted=False)
    assert "an \x1b[1;31merror\x1b[0m\n" in page.text


@given(texts=st.lists(st.text(), min_size=1), colours=st.booleans())
def test_no_text_gets_a_control_character_through(texts: list[str], colours: bool) -> None:
    page = Page(colours=colours)
    for text in texts:
        page.printer.open_text(begun(text.replace("\n", "")))
        page.printer.lines(block(text, level="system"))
        page.printer.lines(block(text))
        found = FoundLine(line=1, text=text.replace("\n", ""), hit=(0, len(text) // 2))
        page.printer.found(FoundLines(job=text, step=text, lines=(found,)), parted=True)
    shown = SAFE_COLOUR.sub("", page.text) if colours else page.text
    assert not any((c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" for c in shown)
