"""Fuzzes the reading of log files: torn, with flipped bits, with an index of something else."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

from log_corpus import WrittenLog, some_log

from tasktrail.errors import LogDamagedError
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.line import Line
from tasktrail.logs.line_range import Extent
from tasktrail.logs.pattern import make_pattern
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.search import count_hits, search
from tasktrail.logs.segment import index_path
from tasktrail.model.instant import Instant

_REPAIRED = 0.05
"""The share of logs that are written to a file and repaired there, too; it takes longer."""
_PATTERN = make_pattern("a")


def execute(number: int) -> None:
    """One damaged log.

    Raises:
        AssertionError: a line is given as whole that is not, lines are numbered with gaps, or a
            range of lines is not what the whole has there.
    """
    chance = random.Random(number)
    log = some_log(chance)
    damaged = MemoryLogFile(_damaged(chance, log.stored), _other_index(chance, log.stored_index))
    with LogReader(damaged) as reader:
        lines = list(reader.lines())
        _check_numbers(lines)
        if _is_left(log, damaged):
            _check_content(reader, lines, log)
        _check_other_ways(reader, lines, chance)
    if chance.random() < _REPAIRED:
        _check_repair(damaged)


class MemoryLogFile:
    """A `LogFile` that is on no disk."""

    def __init__(self, stored: bytes, index: bytes) -> None:
        self.stored = stored
        self.index = index

    def size(self) -> int | None:
        """See `LogFile`."""
        return len(self.stored)

    def read(self, offset: int, length: int) -> bytes:
        """See `LogFile`."""
        return self.stored[offset : offset + length]

    def side_index(self) -> bytes:
        """See `LogFile`."""
        return self.index

    def close(self) -> None:
        """See `LogFile`."""


def _is_left(log: WrittenLog, damaged: MemoryLogFile) -> bool:
    """Whether the file is still that log: where none of its frames is left, it may be another."""
    source = FrameSource(damaged)
    source.refresh()
    first = next(source.frames(0, 1), None)
    return first is None or first.log_id == log.log_id


def _check_content(reader: LogReader, lines: list[Line], log: WrittenLog) -> None:
    for line in lines:
        assert line.damaged or line == log.lines[line.number - 1], f"line {line.number} is another"
    assert log.raw.startswith(_raw(reader)), "raw bytes that were never written"


def _check_other_ways(reader: LogReader, lines: list[Line], chance: random.Random) -> None:
    """However lines are asked for, they are those of `lines`, which is all of them."""
    assert len(lines) == reader.line_count, "another count than lines"
    start = chance.randint(1, len(lines) + 2)
    for some in (list(reader.lines(start)), reader.tail(3)):
        assert some == lines[len(lines) - len(some) :], "a range differs from the whole"
    reader.first_since(Instant(chance.randint(0, 100)))
    reader.line_before_end(chance.randint(0, 200))
    reader.cursor(len(lines) + 1).open_texts()
    extent = Extent(start, chance.choice([None, start + 5]))
    hits = [line for line in lines[start - 1 : extent.end] if b"a" in line.text]
    assert sum(count_hits(reader, _PATTERN, extent)) == len(hits), "another count of hits"
    found = [one.line for batch in search(reader, _PATTERN, extent) for one in batch]
    assert found == hits, "a search finds other lines"


def _check_numbers(lines: list[Line]) -> None:
    assert [line.number for line in lines] == list(range(1, len(lines) + 1)), "gaps in the numbers"


def _raw(reader: LogReader) -> bytes:
    given: list[bytes] = []
    with suppress(LogDamagedError):
        given.extend(reader.raw())
    return b"".join(given)


def _check_repair(damaged: MemoryLogFile) -> None:
    path = Path("repaired.log")
    path.write_bytes(damaged.stored)
    index_path(path).write_bytes(damaged.index)
    summary = recover(path)
    with LogReader(path) as reader:
        lines = list(reader.lines())
        assert reader.sealed or not path.exists(), "repaired, and not sealed"
        _check_numbers(lines)
        assert summary.lines == len(lines), "another count than lines, repaired"
        # A reader may know from the index of a sealed log how much was in a damaged place.
        assert summary.bytes <= reader.size, "more bytes than there are"
    assert recover(path) == summary, "a repair of what was repaired changes it"


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
                damaged += chance.choice(
                    [b"\0" * 60, _recycled(chance, stored, at), chance.randbytes(60)]
                )
    return bytes(damaged)


def _recycled(chance: random.Random, stored: bytes, length: int) -> bytes:
    """What a block of a disk holds that belonged to another log before.

    Not to the same one: a frame of it that stands where no line has ended since would be taken for
    what follows, since a frame knows of its place no more than the number of its first line.
    """
    other = some_log(chance).stored
    return b"" if other is stored else other[:length]


def _other_index(chance: random.Random, index: bytes) -> bytes:
    match chance.randrange(4):
        case 0:
            return b""
        case 1:
            return index
        case 2:
            return _damaged(chance, index)
        case _:
            return some_log(chance).stored_index
