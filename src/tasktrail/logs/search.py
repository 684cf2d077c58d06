"""Searches a log, however long it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from tasktrail.logs.cursor import LogCursor
from tasktrail.logs.line import Line, Stretch
from tasktrail.logs.line_range import Extent
from tasktrail.logs.pattern import Pattern
from tasktrail.logs.reader import LogReader

_BETWEEN_SIGNS = 0.05
"""Seconds of work between two batches at most, whether anything was found or not."""
_MOST_BYTES = 192 * 1024
"""Bytes of lines in a batch, about."""
_WORTH_READING = 20_000
"""Lines that are read rather than skipped on the way to the next ones."""


class Found(NamedTuple):
    """A line of the result. `hit` is where in its text the pattern was found first, in bytes; None
    for a line that only stands near one."""

    line: Line
    hit: tuple[int, int] | None


def search(
    reader: LogReader, pattern: Pattern, extent: Extent, *, context: int = 0
) -> Iterator[list[Found]]:
    """The lines of `extent` in which `pattern` is found, each with `context` lines before and after
    it, in the order of the log and no line twice.

    In batches that come as soon as there is something, and often: empty ones say that it goes on.
    """
    if context == 0:
        yield from _hits(reader, pattern, extent)
        return
    surroundings = _Surroundings(reader, context)
    for hits in _hits(reader, pattern, extent):
        yield from surroundings.of(hits)
    yield surroundings.rest()


def count_hits(reader: LogReader, pattern: Pattern, extent: Extent) -> Iterator[int]:
    """How many lines of `extent` the pattern is found in, in parts to be added up."""
    count, last_sign = 0, time.monotonic()
    for stretches in _suspected(reader, pattern, extent):
        count += sum(1 for stretch in stretches for _ in _places(stretch.text, pattern))
        if time.monotonic() - last_sign > _BETWEEN_SIGNS:
            yield count
            count, last_sign = 0, time.monotonic()
    yield count


def _hits(reader: LogReader, pattern: Pattern, extent: Extent) -> Iterator[list[Found]]:
    hits: list[Found] = []
    size, last_sign = 0, time.monotonic()
    for stretches in _suspected(reader, pattern, extent):
        for found in (found for stretch in stretches for found in _hits_in(stretch, pattern)):
            hits.append(found)
            size += len(found.line.text)
            if size >= _MOST_BYTES:
                yield hits
                hits, size, last_sign = [], 0, time.monotonic()
        if time.monotonic() - last_sign > _BETWEEN_SIGNS:
            yield hits
            hits, size, last_sign = [], 0, time.monotonic()
    yield hits


def _suspected(reader: LogReader, pattern: Pattern, extent: Extent) -> Iterator[list[Stretch]]:
    """The stretches of `extent` in which there may be hits; none now and then."""
    return reader.sift(extent.start, extent.end, lambda text: pattern.find(text, 0) is not None)


def _hits_in(stretch: Stretch, pattern: Pattern) -> Iterator[Found]:
    text, number, counted = stretch.text, stretch.first, 0
    for start, end, found in _places(text, pattern):
        number += text.count(b"\n", counted, start)
        counted = start
        line = Line(number, stretch.stream, stretch.time, text[start:end], stretch.damaged)
        yield Found(line, (found[0] - start, found[1] - start))


def _places(text: bytes, pattern: Pattern) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Beginning and end of each line with a hit, and where the first hit in it is."""
    position = 0
    while position <= len(text) and (found := pattern.find(text, position)) is not None:
        start = text.rfind(b"\n", 0, found[0]) + 1
        newline = text.find(b"\n", found[0])
        end = newline if newline >= 0 else len(text)
        yield start, end, found
        position = end + 1


class _Surroundings:
    """Puts the lines around hits between them."""

    def __init__(self, reader: LogReader, context: int) -> None:
        self._lines = _Lines(reader)
        self._context = context
        self._given = 0
        """The number of the last line that was given."""
        self._due = 0
        """The number of the last line that is to be given after the last hit."""

    def of(self, hits: list[Found]) -> Iterator[list[Found]]:
        """The hits with the lines before and between them, as far as these are known to be near
        one; a batch now and then."""
        batch: list[Found] = []
        size = 0
        for hit in hits:
            number, known = hit.line.number, len(batch)
            batch += self._near(min(self._due, number - 1))
            self._given = max(self._given, number - self._context - 1)
            batch += self._near(number - 1)
            batch.append(hit)
            self._given, self._due = number, number + self._context
            size += sum(len(found.line.text) for found in batch[known:])
            if size >= _MOST_BYTES:
                yield batch
                batch, size = [], 0
        yield batch

    def rest(self) -> list[Found]:
        """The lines after the last hit."""
        return self._near(self._due)

    def _near(self, last: int) -> list[Found]:
        if last <= self._given:
            return []
        lines = self._lines.between(self._given + 1, last)
        self._given = last
        return [Found(line, None) for line in lines]


class _Lines:
    """Reads ranges of lines that follow each other."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._cursor: LogCursor | None = None
        self._known: list[Line] = []

    def between(self, first: int, last: int) -> list[Line]:
        """The lines numbered `first` to `last`; each call goes on after the one before."""
        if self._cursor is None or first - self._end() > _WORTH_READING:
            self._cursor, self._known = self._reader.cursor(first), []
        lines = self._of_known(first, last)
        while self._end() < last and (known := self._cursor.read()):
            self._known = known
            lines += self._of_known(first, last)
        return lines

    def _end(self) -> int:
        return self._known[-1].number if self._known else 0

    def _of_known(self, first: int, last: int) -> list[Line]:
        if not self._known:
            return []
        offset = self._known[0].number
        return self._known[max(0, first - offset) : max(0, last + 1 - offset)]
