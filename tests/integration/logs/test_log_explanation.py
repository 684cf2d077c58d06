from __future__ import annotations

from pathlib import Path

import pytest
from log_model import Ticks

from tasktrail.logs.explanation import MOST_LINES, explain
from tasktrail.logs.reader import LogReader
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream


def explained(directory: Path, out: str, err: str = "", out_after: str = "") -> list[str]:
    writer = LogWriter(directory / "a.log", clock=Ticks())
    writer.write(Stream.STDOUT, out.encode())
    writer.write(Stream.STDERR, err.encode())
    writer.write(Stream.STDOUT, out_after.encode())
    writer.note("[tasktrail] error: a note of ours explains nothing")
    writer.close()
    with LogReader(directory / "a.log") as reader:
        return [telling.text for telling in explain(reader)]


def test_last_traceback_explains_a_failure(tmp_path: Path) -> None:
    frames = [f'  File "{name}.py", line 1, in x' for name in "abc"]
    old = f"Traceback (most recent call last):\n{frames[0]}\nKeyError: 'old'\n"
    new = f"Traceback (most recent call last):\n{frames[1]}\n    x()\nValueError: new\n"
    assert explained(tmp_path, f"{old}retrying\n{new}bye\n") == new.splitlines()


def test_long_traceback_keeps_its_end(tmp_path: Path) -> None:
    frames = "".join(f'  File "a.py", line {n}, in x\n' for n in range(100))
    found = explained(tmp_path, f"Traceback (most recent call last):\n{frames}ValueError: x\n")
    assert (len(found), found[0], found[-1]) == (
        MOST_LINES,
        "Traceback (most recent call last):",
        "ValueError: x",
    )


def test_first_of_the_last_errors_comes_with_what_is_around_it(tmp_path: Path) -> None:
    log = "ERROR at start, retried\n" + "fine\n" * 100
    log += "cc a.c\na.c:1:2: error: expected ';'\n    int x\n        ^\n"
    log += "cc b.c\na.c:7:1: error: too many errors\nmake: *** [all] Error 2\n"
    assert explained(tmp_path, log) == [
        "cc a.c",
        "a.c:1:2: error: expected ';'",
        "    int x",
        "        ^",
        "cc b.c",
        "a.c:7:1: error: too many errors",
        "make: *** [all] Error 2",
    ]


def test_error_at_the_beginning_of_a_long_log_is_found(tmp_path: Path) -> None:
    found = explained(tmp_path, "start\nfatal: no such branch\n" + "waiting\n" * 50_000)
    assert found[:2] == ["start", "fatal: no such branch"]


def test_without_an_error_it_is_the_end_of_what_was_complained(tmp_path: Path) -> None:
    assert explained(tmp_path, "a\nb\nc\n", "something is odd\n") == ["something is odd"]


@pytest.mark.parametrize("err", ["something is odd\n", "ERROR: something is odd\n"])
def test_what_was_complained_long_before_the_end_of_the_output_is_found(
    tmp_path: Path, err: str
) -> None:
    assert explained(tmp_path, "fine\n" * 20_000, err, "fine\n" * 2_245) == [err.strip()]


def test_colours_and_progress_are_not_in_the_way(tmp_path: Path) -> None:
    found = explained(tmp_path, "1 %\r99 %\n\x1b[1;31mERROR\x1b[0m it broke\n")
    assert found == ["99 %", "ERROR it broke"]


def test_huge_lines_and_empty_logs_are_no_matter(tmp_path: Path) -> None:
    assert [len(text) for text in explained(tmp_path, "x" * 5_000_000)] == [400]
    with LogReader(tmp_path / "none.log") as reader:
        assert explain(reader) == []
