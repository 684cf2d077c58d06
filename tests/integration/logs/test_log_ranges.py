from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_model import UNHURRIED, WRITES, NewPath, Ticks, Write, expected_lines, write_log

from tasktrail.logs.line_range import Extent, LineRange, last_lines
from tasktrail.logs.reader import LogReader
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant
from tasktrail.model.stream import Stream


@UNHURRIED
@given(writes=WRITES, max_line=st.sampled_from([1, 7, 1000]), a=st.integers(1, 20), b=st.integers())
def test_stretches_are_the_lines_of_a_range(
    new_log: NewPath, writes: list[Write], max_line: int, a: int, b: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line)
    wanted = expected_lines(writes, max_line=max_line)[a - 1 : max(0, b)]
    with LogReader(path) as reader:
        lines = [line for stretch in reader.stretches(a, b) for line in stretch.lines()]
        assert [(line.stream, line.text) for line in lines] == wanted
        assert [line.number for line in lines] == list(range(a, a + len(wanted)))
        assert list(reader.lines(a, b)) == lines
        for stretch in reader.stretches(a, b):
            assert stretch.line_count == stretch.text.count(b"\n") + 1


@UNHURRIED
@given(writes=WRITES, times=st.integers(0, 40), close=st.booleans())
def test_first_line_since_a_time_is_the_first_that_was_completed_then(
    new_log: NewPath, writes: list[Write], times: int, close: bool
) -> None:
    path = new_log()
    write_log(path, writes, max_line=1000, close=close)
    since = Instant(1_000_000 + times)
    with LogReader(path) as reader:
        later = [line.number for line in reader.lines() if line.time >= since]
        assert reader.first_since(since) == min(later, default=reader.line_count + 1)


def test_time_is_found_in_a_long_log_by_reading_little(tmp_path: Path) -> None:
    clock = Ticks()
    writer = LogWriter(tmp_path / "a.log", clock=clock)
    chunk = b"".join(b"%d of some text\n" % number for number in range(10_000))
    for _ in range(40):
        writer.write(Stream.STDOUT, chunk)
    writer.close()
    with LogReader(tmp_path / "a.log") as reader:
        time = next(reader.lines(250_000)).time
        first = reader.first_since(time)
        assert next(reader.lines(first)).time == time
        assert next(reader.lines(first - 1)).time < time
        assert reader.first_since(Instant(0)) == 1
        assert reader.first_since(Instant(time + 10**9)) == 400_001


@pytest.mark.parametrize(
    ("wanted", "extent"),
    [
        (LineRange(), Extent(1, None)),
        (LineRange(first=3), Extent(3, None)),
        (LineRange(first=-2), Extent(9, None)),
        (LineRange(first=-20, last=-3), Extent(1, 8)),
        (LineRange(last=0), Extent(1, 0)),
        (LineRange(first=12, last=20), Extent(12, 20)),
    ],
)
def test_range_counts_from_both_ends(tmp_path: Path, wanted: LineRange, extent: Extent) -> None:
    write_log(tmp_path / "a.log", [(1, b"%d\n" % number) for number in range(10)], max_line=1000)
    with LogReader(tmp_path / "a.log") as reader:
        assert wanted.extent_in(reader) == extent


def test_last_lines_are_no_more_than_there_are(tmp_path: Path) -> None:
    write_log(tmp_path / "a.log", [(1, b"%d\n" % number) for number in range(10)], max_line=1000)
    with LogReader(tmp_path / "a.log") as reader:
        assert last_lines(Extent(1, None), 3, reader) == (Extent(8, None), 3)
        assert last_lines(Extent(9, None), 3, reader) == (Extent(9, None), 2)
        assert last_lines(Extent(1, 5), 2, reader) == (Extent(4, 5), 2)
        assert last_lines(Extent(1, None), 0, reader) == (Extent(11, None), 0)


def test_open_line_is_known_also_when_it_began_before_the_cursor(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "a.log", clock=Ticks())
    writer.write(Stream.STDOUT, b"one\ntwo\nPass")
    writer.write(Stream.STDERR, b"war")
    with LogReader(tmp_path / "a.log") as reader:
        cursor = reader.cursor(3)
        assert cursor.read() == []
        assert cursor.open_texts() == {1: b"Pass", 2: b"war"}
        writer.write(Stream.STDOUT, b"word: ")
        assert cursor.read() == []
        assert cursor.open_texts() == {1: b"Password: ", 2: b"war"}
        writer.close()
        assert [line.text for line in cursor.read()] == [b"Password: ", b"war"]
        assert cursor.open_texts() == {}
