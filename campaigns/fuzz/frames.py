"""Fuzzes the reading of log files: torn, with flipped bits, with an index of something else."""

from __future__ import annotations

import functools
import random
import tempfile
from pathlib import Path
from typing import NamedTuple

from tasktrail.errors import LogDamagedError
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.line import Line
from tasktrail.logs.line_range import Extent
from tasktrail.logs.pattern import make_pattern
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.search import count_hits
from tasktrail.logs.segment import SegmentBuilder, index_path, pack_segment
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

_LOGS = 100
"""How many logs there are to be damaged; to write one takes longer than to read it."""
_SEGMENT = 4
"""Frames of a segment, so that short logs have an index."""


class _Log(NamedTuple):
    stored: bytes
    stored_index: bytes
    lines: list[Line]
    raw: bytes


def execute(number: int) -> None:
    """One damaged log.

    Raises:
        AssertionError: a line is given as whole that is not, or lines are numbered with gaps.
    """
    chance = random.Random(number)
    log = _log(chance.randrange(_LOGS))
    path = _directory() / "fuzzed.log"
    path.write_bytes(_damaged(chance, log.stored))
    _write_index(chance, index_path(path), log.stored_index)
    with LogReader(path) as reader:
        _check(reader, log, chance)
    if chance.random() < 0.1:
        recover(path)
        with LogReader(path) as reader:
            lines = list(reader.lines())
            assert reader.sealed or not path.exists(), "repaired, and not sealed"
            assert [line.number for line in lines] == list(range(1, len(lines) + 1)), "gaps"


def _check(reader: LogReader, log: _Log, chance: random.Random) -> None:
    lines = list(reader.lines())
    assert [line.number for line in lines] == list(range(1, len(lines) + 1)), "gaps in the numbers"
    assert len(lines) == reader.line_count, "another count than lines"
    _check_lines(lines, log)
    start = chance.randint(1, len(lines) + 2)
    for some in (list(reader.lines(start)), reader.tail(3)):
        assert [line.number for line in some] == list(
            range(len(lines) + 1 - len(some), len(lines) + 1)
        )
        _check_lines(some, log)
    reader.first_since(Instant(chance.randint(0, 100)))
    reader.line_before_end(chance.randint(0, 200))
    reader.cursor(len(lines) + 1).open_texts()
    hits = sum(count_hits(reader, make_pattern("a"), Extent(start, None)))
    assert hits == sum(b"a" in line.text for line in reader.lines(start)), "another count of hits"
    given = b""
    try:
        for piece in reader.raw():
            given += piece
    except LogDamagedError:
        pass
    assert log.raw.startswith(given), "raw bytes that were never written"


def _check_lines(lines: list[Line], log: _Log) -> None:
    """What is not marked is as it was written. What is marked may depend on where one begins: the
    index can tell that a stream had nothing in the damaged part."""
    for line in lines:
        assert line.damaged or line == log.lines[line.number - 1], f"line {line.number} is another"


def _damaged(chance: random.Random, stored: bytes) -> bytes:
    damaged = bytearray(stored)
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        if not damaged:
            break
        at = chance.randrange(len(damaged))
        match chance.randrange(4):
            case 0:
                damaged[at] ^= 1 << chance.randrange(8)
            case 1:
                length = min(chance.randint(1, 80), len(damaged) - at)
                damaged[at : at + length] = chance.randbytes(length)
            case 2:
                del damaged[at:]
            case _:
                damaged += chance.choice([b"\0" * 60, stored[:at], chance.randbytes(60)])
    return bytes(damaged)


def _write_index(chance: random.Random, path: Path, index: bytes) -> None:
    match chance.randrange(4):
        case 0:
            path.unlink(missing_ok=True)
        case 1:
            path.write_bytes(index)
        case 2:
            path.write_bytes(_damaged(chance, index))
        case _:
            path.write_bytes(_log(chance.randrange(_LOGS)).stored_index)


@functools.cache
def _log(number: int) -> _Log:
    chance = random.Random(number)
    path = _directory() / f"{number}.log"
    ticks = iter(range(1, 10_000))
    writer = LogWriter(path, clock=lambda: Instant(next(ticks)), max_line=chance.choice([5, 1000]))
    for _ in range(chance.randint(1, 15)):
        chunk = b"".join(chance.choices([b"a", b"b", b"\n", b"TTLF", b"\xff"], k=20))
        writer.write(chance.randint(1, 3), chunk * chance.choice([1, 1, 1, 40]))
    if chance.random() < 0.7:
        writer.close()
    with LogReader(path) as reader:
        return _Log(path.read_bytes(), _index(path), list(reader.lines()), b"".join(reader.raw()))


def _index(path: Path) -> bytes:
    """An index with short segments, as far as their entries go."""
    entries: list[bytes] = []
    source = FrameSource(path)
    source.refresh()
    builder = SegmentBuilder()
    frames = list(source.frames(0, 1))
    for at in range(0, len(frames) - _SEGMENT + 1, _SEGMENT):
        builder = SegmentBuilder(builder.frontier, builder.next_line, builder.byte_count)
        for frame in frames[at : at + _SEGMENT]:
            builder.add(frame)
        segment = builder.open_segment()
        assert segment is not None
        entries.append(pack_segment(segment))
    source.close()
    return b"".join(entries)


@functools.cache
def _directory() -> Path:
    memory = Path("/dev/shm")
    root = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    _KEPT.append(root)  # It is removed with this process.
    return Path(root.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
