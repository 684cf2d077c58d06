"""The logs that are damaged: some thousands, written by the writer, mostly of a few frames."""

from __future__ import annotations

import functools
import random
from pathlib import Path
from typing import NamedTuple

from tasktrail.logs.frame import Frame
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.line import Line
from tasktrail.logs.reader import LogReader
from tasktrail.logs.segment import SegmentBuilder, index_path, pack_segment
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

_SMALL, _LARGE = 1_000, 40
"""How many there are; to write one takes longer than to read it."""
_LARGE_SHARE = 0.01
_SEGMENT = 3
"""Frames of a segment, so that short logs have an index."""
_PARTS = [b"a", b"b", b"\n", b"TTLF", b"\xff"]
_COMPRESSED = (b"b\n" + b"a" * 60) * 10
"""Long enough for a frame to be compressed."""


class WrittenLog(NamedTuple):
    """A log as it is stored, and what a reader gives of it."""

    log_id: int
    stored: bytes
    stored_index: bytes
    lines: list[Line]
    raw: bytes


def some_log(chance: random.Random) -> WrittenLog:
    """One of the logs, seldom a large one."""
    if chance.random() < _LARGE_SHARE:
        return _log(chance.randrange(_LARGE), writes=40, length=20)
    return _log(chance.randrange(_SMALL), writes=7, length=6)


@functools.cache
def _log(number: int, writes: int, length: int) -> WrittenLog:
    chance = random.Random(number)
    # The id of a log comes from its path: with this one it is the same in every run.
    path = Path(f"{number}-{writes}.log")
    ticks = iter(range(1, 10_000))
    max_line = chance.choice([5, 1000])
    writer = LogWriter(path, clock=lambda: Instant(next(ticks)), max_line=max_line)
    for _ in range(chance.randint(1, writes)):
        chunk = b"".join(chance.choices(_PARTS, k=chance.randint(1, length)))
        compressed = max_line == 1000 and chance.random() < 0.1
        writer.write(chance.randint(1, 3), _COMPRESSED + chunk if compressed else chunk)
    if chance.random() < 0.7:
        writer.close()
    with LogReader(path) as reader:
        lines, raw = list(reader.lines()), b"".join(reader.raw())
    source = FrameSource(path)
    source.refresh()
    frames = list(source.frames(0, 1))
    source.close()
    stored = path.read_bytes()
    path.unlink()
    index_path(path).unlink(missing_ok=True)
    return WrittenLog(frames[0].log_id, stored, _index(frames), lines, raw)


def _index(frames: list[Frame]) -> bytes:
    """An index with short segments, as far as their entries go."""
    entries: list[bytes] = []
    builder = SegmentBuilder()
    for at in range(0, len(frames) - _SEGMENT + 1, _SEGMENT):
        builder = SegmentBuilder(builder.frontier, builder.next_line, builder.byte_count)
        for frame in frames[at : at + _SEGMENT]:
            builder.add(frame)
        segment = builder.open_segment()
        assert segment is not None
        entries.append(pack_segment(segment))
    return b"".join(entries)
