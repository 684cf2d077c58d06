from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_model import (
    UNHURRIED,
    WRITES,
    NewPath,
    Write,
    expected_bytes,
    raw_bytes,
    shown_lines,
    write_log,
)
from msgspec.structs import replace

from tasktrail.errors import LogDamagedError
from tasktrail.logs.line import Line
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.segment import index_path, load_segments, pack_segment
from tasktrail.model.stream import Stream

pytestmark = pytest.mark.usefixtures("small_segments")

SOME_WRITES = WRITES.filter(expected_bytes)
STREAMS = (1, 2, 3)
PLACES = st.floats(0, 1, exclude_max=True)


def all_lines(path: Path) -> list[Line]:
    with LogReader(path) as reader:
        return list(reader.lines())


def sealed(path: Path) -> bool:
    with LogReader(path) as reader:
        return reader.sealed


def assert_is_a_prefix(cut: Path, whole: Path) -> None:
    lines = all_lines(cut)
    assert lines == all_lines(whole)[: len(lines)]
    assert not sealed(cut)
    for stream in STREAMS:
        assert raw_bytes(whole, stream).startswith(raw_bytes(cut, stream))


def assert_is_repaired(cut: Path) -> None:
    kept = [raw_bytes(cut, stream) for stream in STREAMS]
    before = all_lines(cut)
    summary = recover(cut)
    assert [raw_bytes(cut, stream) for stream in STREAMS] == kept
    assert all_lines(cut)[: len(before)] == before
    assert sealed(cut) == (summary.bytes > 0)
    assert (summary.bytes, summary.lines) == (sum(map(len, kept)), len(all_lines(cut)))
    assert recover(cut) == summary


@UNHURRIED
@given(writes=SOME_WRITES, closed=st.booleans(), with_index=st.booleans(), place=PLACES)
def test_log_that_is_cut_is_a_prefix_and_can_be_repaired(
    new_log: NewPath, writes: list[Write], closed: bool, with_index: bool, place: float
) -> None:
    path, cut = new_log(), new_log()
    write_log(path, writes, max_line=7, close=closed)
    if with_index and index_path(path).exists():
        index_path(cut).write_bytes(index_path(path).read_bytes())
    whole = path.read_bytes()
    cut.write_bytes(whole[: int(place * len(whole))])
    assert_is_a_prefix(cut, path)
    assert_is_repaired(cut)


def test_every_offset_of_a_log_can_be_its_end(tmp_path: Path) -> None:
    path, cut = tmp_path / "whole.log", tmp_path / "cut.log"
    write_log(path, [(1, b"a\nb"), (2, b"c"), (1, b"d\n"), (3, b"\n")], max_line=7)
    whole = path.read_bytes()
    for size in range(len(whole)):
        cut.write_bytes(whole[:size])
        assert_is_a_prefix(cut, path)
        assert_is_repaired(cut)


@UNHURRIED
@given(writes=SOME_WRITES, place=PLACES, bit=st.integers(0, 7))
def test_flipped_bit_is_detected(
    new_log: NewPath, writes: list[Write], place: float, bit: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=7)
    lines, raw = all_lines(path), raw_bytes(path)
    stored = bytearray(path.read_bytes())
    stored[int(place * len(stored))] ^= 1 << bit
    path.write_bytes(stored)

    read = all_lines(path)
    assert all(line == lines[line.number - 1] for line in read if not line.damaged)
    assert [line.number for line in read] == list(range(1, len(read) + 1))
    try:
        got = raw_bytes(path)
    except LogDamagedError:
        pass
    else:
        assert raw.startswith(got)
        assert not sealed(path)


@UNHURRIED
@given(writes=SOME_WRITES, place=PLACES, junk=st.binary(max_size=200))
def test_ranges_of_a_damaged_log_are_slices_of_the_whole(
    new_log: NewPath, writes: list[Write], place: float, junk: bytes
) -> None:
    path = new_log()
    write_log(path, writes, max_line=7)
    stored = path.read_bytes()
    start = int(place * len(stored))
    path.write_bytes(stored[:start] + junk + stored[start + len(junk) :])
    whole = all_lines(path)
    with LogReader(path) as reader:
        assert reader.line_count == len(whole)
        for number in range(1, len(whole) + 1):
            assert list(reader.lines(number, number + 1)) == whole[number - 1 : number + 1]


@UNHURRIED
@given(junk=st.binary(max_size=300))
def test_file_that_is_no_log_reads_as_an_empty_one_and_is_removed(
    new_log: NewPath, junk: bytes
) -> None:
    path = new_log()
    path.write_bytes(junk)
    assert all_lines(path) == []
    assert recover(path).bytes == 0
    assert not path.exists()


@UNHURRIED
@given(
    writes=SOME_WRITES,
    other=SOME_WRITES,
    place=PLACES,
    change=st.sampled_from(["missing", "cut", "flipped", "of another log", "junk"]),
)
def test_index_that_is_wrong_does_no_harm(
    new_log: NewPath, writes: list[Write], other: list[Write], place: float, change: str
) -> None:
    path, elsewhere = new_log(), new_log()
    write_log(path, writes, max_line=7)
    write_log(elsewhere, other, max_line=7)
    lines = all_lines(path)
    index = index_path(path)
    stored = bytearray(index.read_bytes()) if index.exists() else bytearray(b"?")
    match change:
        case "missing":
            index.unlink(missing_ok=True)
        case "cut":
            index.write_bytes(stored[: int(place * len(stored))])
        case "flipped":
            stored[int(place * len(stored))] ^= 4
            index.write_bytes(stored)
        case "of another log":
            foreign = index_path(elsewhere)
            index.write_bytes(foreign.read_bytes() if foreign.exists() else b"")
        case _:
            index.write_bytes(b"\xff" * len(stored))
    assert all_lines(path) == lines
    with LogReader(path) as reader:
        for number in range(1, len(lines) + 1):
            assert list(reader.lines(number, number)) == [lines[number - 1]]


def test_damage_in_the_middle_keeps_the_numbers_of_the_lines_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write_log(
        path, [(Stream.STDOUT, f"{n}\n".encode()) for n in range(1, 11)], max_line=9, close=False
    )
    stored = bytearray(path.read_bytes())
    stored[stored.index(b"5\n")] ^= 1
    path.write_bytes(stored)
    lines = all_lines(path)
    # line 6 may have begun in the frame that is lost: nobody can tell
    assert [line.number for line in lines if line.damaged] == [5, 6]
    assert [line.text for line in lines[5:]] == [b"6", b"7", b"8", b"9", b"10"]
    assert shown_lines(path)[4][1].startswith(b"[tasktrail]")


def test_range_behind_a_damaged_header_marks_the_same_lines_as_the_whole(tmp_path: Path) -> None:
    """The index knows that nothing of the errors was in the damaged part."""
    path = tmp_path / "a.log"
    out = [(Stream.STDOUT, f"{n}\n".encode()) for n in range(1, 8)]
    write_log(
        path,
        [(Stream.STDERR, b"no"), *out, (Stream.STDERR, b"ne\n"), *out],
        max_line=9,
        close=False,
    )
    assert index_path(path).exists()
    stored = bytearray(path.read_bytes())
    stored[stored.index(b"5\n") - 10] ^= 1
    path.write_bytes(stored)

    whole = all_lines(path)
    assert [(line.number, line.text) for line in whole if line.stream == Stream.STDERR] == [
        (8, b"none")
    ]
    assert [line.number for line in whole if line.damaged] == [5, 6]
    with LogReader(path) as reader:
        for number in range(1, len(whole) + 1):
            assert list(reader.lines(number)) == whole[number - 1 :]


def test_index_of_another_log_does_not_say_whose_log_it_is(tmp_path: Path) -> None:
    """The file begins with damage and goes on with frames of the log of that index."""
    path, other = tmp_path / "a.log", tmp_path / "b.log"
    for one, text in ((path, b"ours\n"), (other, b"them\n")):
        write_log(one, [(1, text)] * 4 + [(2, text)] * 5, max_line=9, close=False)
    stored, foreign = bytearray(path.read_bytes()), other.read_bytes()
    stored[0] ^= 1
    half = len(stored) * 4 // 9
    path.write_bytes(stored[:half] + foreign[half:])
    segments = load_segments(index_path(other).read_bytes())
    moved = replace(segments[-1], offset=0, length=half, first_line=1)
    index_path(path).write_bytes(
        pack_segment(moved) + pack_segment(replace(segments[-1], offset=half))
    )

    texts = {line.text for line in all_lines(path) if not line.damaged}
    assert texts == {b"ours"}
