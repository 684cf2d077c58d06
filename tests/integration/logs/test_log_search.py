from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_model import UNHURRIED, WRITES, NewPath, Ticks, Write, write_log

from tasktrail.errors import InvalidInputError
from tasktrail.logs.line import Line
from tasktrail.logs.line_range import WHOLE, Extent
from tasktrail.logs.pattern import make_pattern
from tasktrail.logs.reader import LogReader
from tasktrail.logs.search import Found, count_hits, search
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream


@UNHURRIED
@given(
    writes=WRITES,
    max_line=st.sampled_from([3, 1000]),
    wanted=st.sampled_from(["a", "b", "ab", "\r", "ä"]),
    context=st.integers(0, 3),
    extent=st.tuples(st.integers(1, 5), st.none() | st.integers(1, 30)).map(lambda e: Extent(*e)),
)
def test_search_finds_what_looking_at_each_line_finds(
    new_log: NewPath,
    writes: list[Write],
    max_line: int,
    wanted: str,
    context: int,
    extent: Extent,
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line)
    pattern = make_pattern(wanted)
    with LogReader(path) as reader:
        lines = list(reader.lines())
        hits = {
            line.number: line.text.find(wanted.encode())
            for line in lines
            if wanted.encode() in line.text
            and extent.start <= line.number <= (extent.end or len(lines))
        }
        near = {number + by for number in hits for by in range(-context, context + 1)}
        found = _all(reader, wanted, extent=extent, context=context)
        assert [one.line for one in found] == [line for line in lines if line.number in near]
        assert {one.line.number: one.hit[0] for one in found if one.hit} == hits
        assert sum(count_hits(reader, pattern, extent)) == len(hits)


@pytest.fixture(scope="module")
def small_loads() -> Iterator[None]:
    """Threads get two frames at once, so that short logs keep several of them busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasktrail.logs.sift._LOAD_FRAMES", 2)
        yield


@pytest.mark.usefixtures("small_loads", "small_segments")
@UNHURRIED
@given(
    writes=WRITES.filter(lambda writes: any(chunk for _, chunk in writes)),
    max_line=st.sampled_from([3, 1000]),
    closed=st.booleans(),
    wanted=st.sampled_from(["a", "^a", "a$", "ab", "^ab$", "^$", "a*b", r"\bb", "b|$", "a.b"]),
    extent=st.tuples(st.integers(1, 5), st.none() | st.integers(1, 30)).map(lambda e: Extent(*e)),
    flipped=st.none() | st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)),
)
def test_search_by_several_threads_finds_what_looking_at_each_line_finds(
    new_log: NewPath,
    writes: list[Write],
    max_line: int,
    closed: bool,
    wanted: str,
    extent: Extent,
    flipped: tuple[float, int] | None,
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line, close=closed)
    if flipped is not None:
        stored = bytearray(path.read_bytes())
        stored[int(flipped[0] * len(stored))] ^= 1 << flipped[1]
        path.write_bytes(stored)
    pattern = make_pattern(wanted, regex=True)
    with LogReader(path) as reader:
        expected = [
            (line, pattern.find(line.text, 0))
            for line in reader.lines(*extent)
            if pattern.find(line.text, 0) is not None
        ]
        found = _all(reader, wanted, regex=True, extent=extent)
        assert [(one.line, one.hit) for one in found] == expected
        assert sum(count_hits(reader, pattern, extent)) == len(expected)


@pytest.mark.parametrize("needle", ["needle", "NEEDLE", "n.{4}e$", "^here is"])
def test_one_line_of_a_long_log_is_found_with_its_number(tmp_path: Path, needle: str) -> None:
    path = tmp_path / "long.log"
    writer = LogWriter(path, clock=Ticks())
    block = b"".join(b"%d %x\n" % (number, number**9) for number in range(9_000))
    for _ in range(10):
        writer.write(Stream.STDOUT, block)
    writer.write(Stream.STDERR, b"here is the nee")
    writer.write(Stream.STDOUT, block)
    writer.write(Stream.STDERR, b"dle\n")
    for _ in range(10):
        writer.write(Stream.STDOUT, block)
    writer.close()
    with LogReader(path) as reader:
        (found,) = _all(reader, needle, regex=True, ignore_case=True, context=0)
        assert found.line == next(reader.lines(found.line.number))
        assert (found.line.number, found.line.text) == (99_001, b"here is the needle")
        around = _all(reader, needle, regex=True, ignore_case=True, context=2)
        assert [one.line for one in around] == list(reader.lines(98_999, 99_003))


def test_lines_over_frames_are_found_whole(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "a.log", clock=Ticks())
    for chunk in (b"first\nthe nee", b"dle is h", b"ere\nlast\n"):
        writer.write(Stream.STDOUT, chunk)
    with LogReader(tmp_path / "a.log") as reader:
        (found,) = _all(reader, "needle")
        assert (found.line.number, found.line.text) == (2, b"the needle is here")
        assert found.hit == (4, 10)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("^err", [2]),
        ("out$", [2, 5]),
        ("e.*t", [2, 5]),
        ("^$", [3]),
        ("[^x]rr", [2]),
        (r"\s", [4]),
        (r"t\n|k$", [4]),
        ("(?i)ÜBER", [6]),
    ],
)
def test_expression_looks_at_one_line_at_a_time(
    tmp_path: Path, text: str, numbers: list[int]
) -> None:
    log = "x\nerr: out\n\nok ok\nerout\nüber\n".replace("err: ", "err:")
    write_log(tmp_path / "a.log", [(1, log.encode())], max_line=1000)
    with LogReader(tmp_path / "a.log") as reader:
        assert [one.line.number for one in _all(reader, text, regex=True)] == numbers


def test_case_is_ignored_when_asked_for(tmp_path: Path) -> None:
    write_log(tmp_path / "a.log", [(1, "Error (1)\nerror (1)\nÄrger\n".encode())], max_line=99)
    with LogReader(tmp_path / "a.log") as reader:
        assert len(_all(reader, "ERROR (1)")) == 0
        assert len(_all(reader, "ERROR (1)", ignore_case=True)) == 2
        assert len(_all(reader, "äRGER", ignore_case=True)) == 1


def test_hit_beside_invalid_bytes_is_found(tmp_path: Path) -> None:
    write_log(tmp_path / "a.log", [(1, b"\xff\xfe\0 needle \xc3\n")], max_line=99)
    with LogReader(tmp_path / "a.log") as reader:
        assert _all(reader, "needle", ignore_case=True)[0].hit == (4, 10)
        assert _all(reader, "n.{4}e", regex=True)[0].hit == (4, 10)


@pytest.mark.parametrize(
    "expression", ["(a*)*b", "(a|aa)+$b", "(.*.*.*){20}b", "((a{1,30}){1,30})b"]
)
def test_no_expression_makes_a_search_hang(tmp_path: Path, expression: str) -> None:
    write_log(tmp_path / "a.log", [(1, b"a" * 200_000 + b"\n")], max_line=10**6)
    started = time.process_time()
    with LogReader(tmp_path / "a.log") as reader:
        assert _all(reader, expression, regex=True) == []
    assert time.process_time() - started < 20  # backtracking would take longer than the universe


@pytest.mark.parametrize("text", ["", "a\nb", "x" * 5000])
def test_text_that_no_line_can_hold_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        make_pattern(text)


@pytest.mark.parametrize("text", ["(", "a{1001}", r"(a)\1", "(?=a)"])
def test_expression_that_is_none_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape("regular expression")) as refused:
        make_pattern(text, regex=True)
    assert "b'" not in str(refused.value)


def test_search_gives_a_sign_of_life_before_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasktrail.logs.search._BETWEEN_SIGNS", 0.0)
    writer = LogWriter(tmp_path / "a.log", clock=Ticks())
    line = b"nothing to see in this line, which is one of very many\n"
    for _ in range(20):
        writer.write(Stream.STDOUT, line * 4000)
    writer.close()
    with LogReader(tmp_path / "a.log") as reader:
        batches = search(reader, make_pattern("x.*y.*needle", regex=True), WHOLE)
        assert next(batches) == []
        assert len(list(batches)) > 0


def _all(
    reader: LogReader,
    text: str,
    *,
    regex: bool = False,
    ignore_case: bool = False,
    extent: Extent = WHOLE,
    context: int = 0,
) -> list[Found]:
    pattern = make_pattern(text, regex=regex, ignore_case=ignore_case)
    found = [one for batch in search(reader, pattern, extent, context=context) for one in batch]
    for one in found:
        assert isinstance(one.line, Line)
    return found
