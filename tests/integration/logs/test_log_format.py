from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from document_reader import DocumentReader, ReadLine
from hypothesis import given
from hypothesis import strategies as st
from log_model import (
    UNHURRIED,
    WRITES,
    NewPath,
    Ticks,
    Write,
    expected_bytes,
    raw_bytes,
    write_log,
)

from tasktrail.logs.reader import LogReader
from tasktrail.logs.segment import index_path
from tasktrail.logs.writer import LogWriter
from tasktrail.model.stream import Stream

PLACES = st.floats(0, 1, exclude_max=True)
DOCUMENT = Path(__file__).parents[3] / "docs" / "log-format.md"


def test_reader_of_the_documentation_reads_what_tasktrail_writes(tmp_path: Path) -> None:
    (reader,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    numbers = [(1 + n % 2, b"line %d \xff\r\nand a beginning " % n) for n in range(600)]
    long = [
        (Stream.STDOUT, b"compressed " * 500),
        (Stream.STDERR, b"x" * 3000 + b"\n"),
        (Stream.STDOUT, b"open"),
    ]
    for name, writes in (("compacted", [*numbers, *long]), ("as written", long)):
        path = tmp_path / name
        write_log(path, writes, max_line=1024)
        printed = subprocess.run(
            [sys.executable, "-c", reader, str(path)], stdout=subprocess.PIPE, check=True, text=True
        ).stdout
        with LogReader(path) as ours:
            expected = [
                f"{line.number} {line.time} {line.stream} {line.text!r}" for line in ours.lines()
            ]
        assert printed.splitlines() == expected


def our_lines(path: Path) -> list[ReadLine]:
    """What Tasktrail reads. What a lost line says in place of its text is up to each reader."""
    with LogReader(path) as reader:
        return [
            ReadLine(line.number, line.stream, line.time, line.text, line.damaged)
            for line in reader.lines()
        ]


def alike(theirs: ReadLine, ours: ReadLine) -> bool:
    if theirs.text is None:
        return (theirs.number, True) == (ours.number, ours.damaged)
    return theirs == ours


@pytest.mark.usefixtures("small_segments")
@UNHURRIED
@given(writes=WRITES, closed=st.booleans())
def test_reader_written_from_the_document_reads_the_same(
    new_log: NewPath, writes: list[Write], closed: bool
) -> None:
    path = new_log()
    write_log(path, writes, max_line=7, close=closed)
    reader = DocumentReader(path)
    lines = our_lines(path)
    assert reader.lines() == lines
    assert reader.sealed == (closed and expected_bytes(writes) != b"")
    for stream in (1, 2, 3):
        assert reader.stream(stream) == expected_bytes(writes, stream)
    assert reader.stream() == expected_bytes(writes)
    for first in range(1, len(lines) + 1):
        assert reader.lines_from(first) == lines[first - 1 :]


def test_reader_written_from_the_document_finds_lines_by_the_index(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    text = "".join(f"{number} {number**40:x}\n" for number in range(20_000)).encode()
    pieces = [text[at : at + 50_000] for at in range(0, len(text), 50_000)]
    write_log(path, [(Stream.STDOUT, piece) for piece in pieces], max_line=1024)
    reader = DocumentReader(path)
    segments = reader.segments()
    assert len(segments) * 68 == index_path(path).stat().st_size > 68
    lines = our_lines(path)
    for segment in segments:
        assert reader.lines_from(segment.first_line)[:3] == lines[segment.first_line - 1 :][:3]


def test_reader_written_from_the_document_knows_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "capped.log"
    writer = LogWriter(path, clock=Ticks(), cap=10)
    writer.write(Stream.STDOUT, b"0123456789 and more\n")
    writer.close()
    reader = DocumentReader(path)
    assert reader.lossy
    assert reader.lines() == our_lines(path)


@pytest.mark.usefixtures("small_segments")
@UNHURRIED
@given(writes=WRITES.filter(expected_bytes), closed=st.booleans(), place=PLACES)
def test_reader_written_from_the_document_stops_where_a_log_is_torn(
    new_log: NewPath, writes: list[Write], closed: bool, place: float
) -> None:
    path = new_log()
    write_log(path, writes, max_line=7, close=closed)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(place * len(whole))])
    reader = DocumentReader(path)
    assert reader.lines() == our_lines(path)
    assert reader.stream(1) == raw_bytes(path, 1)


@pytest.mark.usefixtures("small_segments")
@UNHURRIED
@given(writes=WRITES.filter(expected_bytes), place=PLACES, bit=st.integers(0, 7))
def test_reader_written_from_the_document_loses_no_more_to_damage(
    new_log: NewPath, writes: list[Write], place: float, bit: int
) -> None:
    path = new_log()
    write_log(path, writes, max_line=7)
    stored = bytearray(path.read_bytes())
    stored[int(place * len(stored))] ^= 1 << bit
    path.write_bytes(stored)
    theirs, ours = DocumentReader(path).lines(), our_lines(path)
    assert [line.number for line in theirs] == [line.number for line in ours]
    assert all(map(alike, theirs, ours))
