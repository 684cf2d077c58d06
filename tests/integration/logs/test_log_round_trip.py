from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_model import (
    CHUNKS,
    UNHURRIED,
    WRITES,
    NewPath,
    Ticks,
    Write,
    expected_bytes,
    expected_lines,
    raw_bytes,
    shown_lines,
    write_log,
)

from tasktrail.logs.reader import LogReader
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream

pytestmark = pytest.mark.usefixtures("small_segments")

MAX_LINES = st.sampled_from([1, 2, 7, 1024])


@UNHURRIED
@given(writes=WRITES, max_line=MAX_LINES)
def test_finished_log_gives_back_the_exact_bytes_and_lines(
    new_log: NewPath, writes: list[Write], max_line: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line)
    assert raw_bytes(path) == expected_bytes(writes)
    for stream in (1, 2, 3):
        assert raw_bytes(path, stream) == expected_bytes(writes, stream)
    assert shown_lines(path) == expected_lines(writes, max_line=max_line)
    with LogReader(path) as reader:
        assert reader.sealed == bool(expected_bytes(writes))
        assert reader.size == len(expected_bytes(writes))
        assert reader.line_count == len(expected_lines(writes, max_line=max_line))


@UNHURRIED
@given(writes=WRITES, max_line=MAX_LINES)
def test_growing_log_has_all_bytes_and_the_completed_lines(
    new_log: NewPath, writes: list[Write], max_line: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line, close=False)
    assert raw_bytes(path) == expected_bytes(writes)
    assert shown_lines(path) == expected_lines(writes, max_line=max_line, closed=False)
    with LogReader(path) as reader:
        assert not reader.sealed


@UNHURRIED
@given(chunks=st.lists(CHUNKS, max_size=20), cuts=st.sets(st.integers(1, 800)), max_line=MAX_LINES)
def test_lines_of_one_stream_do_not_depend_on_the_chunks(
    new_log: NewPath, chunks: list[bytes], cuts: set[int], max_line: int
) -> None:
    whole = b"".join(chunks)
    borders = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    one, other = new_log(), new_log()
    write_log(one, [(Stream.STDOUT, chunk) for chunk in chunks], max_line=max_line)
    write_log(other, [(Stream.STDOUT, whole[a:b]) for a, b in pairwise(borders)], max_line=max_line)
    assert shown_lines(one) == shown_lines(other)
    assert raw_bytes(one) == raw_bytes(other) == whole


@UNHURRIED
@given(writes=WRITES, max_line=MAX_LINES, closed=st.booleans())
def test_every_range_is_a_slice_of_the_whole(
    new_log: NewPath, writes: list[Write], max_line: int, closed: bool
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line, close=closed)
    with LogReader(path) as reader:
        whole = list(reader.lines())
        assert [line.number for line in whole] == list(range(1, len(whole) + 1))
        for start in range(1, len(whole) + 2):
            assert list(reader.lines(start)) == whole[start - 1 :]
            assert list(reader.lines(start, start + 2)) == whole[start - 1 : start + 2]
            assert reader.tail(start) == whole[-start:]


@UNHURRIED
@given(writes=WRITES)
def test_times_never_go_back_but_for_the_lines_that_the_end_completes(
    new_log: NewPath, writes: list[Write]
) -> None:
    path = new_log()
    write_log(path, writes, max_line=1024)
    completed = len(expected_lines(writes, max_line=1024, closed=False))
    with LogReader(path) as reader:
        times = [line.time for line in reader.lines(1, completed)]
    assert times == sorted(times)


@UNHURRIED
@given(writes=WRITES, max_line=MAX_LINES)
def test_compaction_changes_nothing_that_a_reader_gets(
    new_log: NewPath, writes: list[Write], max_line: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=max_line, close=False)
    with LogReader(path) as reader:
        before = list(reader.lines())
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".idx").unlink(missing_ok=True)
    write_log(path, writes, max_line=max_line)
    with LogReader(path) as reader:
        assert list(reader.lines(1, len(before))) == before


@UNHURRIED
@given(writes=WRITES, rest=WRITES)
def test_reader_and_cursor_see_what_is_added(
    new_log: NewPath, writes: list[Write], rest: list[Write]
) -> None:
    path = new_log()
    writer = LogWriter(path, clock=Ticks())
    with LogReader(path) as reader:
        cursor = reader.cursor()
        seen: list[tuple[int, bytes]] = []
        for stream, chunk in [*writes, *rest]:
            writer.write(stream, chunk)
            seen += [(line.stream, line.text) for line in cursor.read()]
            assert reader.line_count == len(seen)
        writer.close()
        while batch := cursor.read():
            seen += [(line.stream, line.text) for line in batch]
        assert cursor.ended == reader.sealed
    assert seen == expected_lines([*writes, *rest], max_line=1024)
