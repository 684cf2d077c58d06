"""Which lines of a log are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tasktrail.logs.reader import LogReader
from tasktrail.model.instant import Instant


class Extent(NamedTuple):
    """The lines from number `start` to number `end`, both included; without an end all from there
    on, which includes those that are still to come."""

    start: int
    end: int | None


WHOLE = Extent(1, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRange:
    """Lines from `first` to `last`, both included, and none that was completed before `since`.

    Numbers count from 1; negative ones from the end, so that -1 is the last line there is. None is
    no limit.
    """

    first: int | None = None
    last: int | None = None
    since: Instant | None = None

    def extent_in(self, reader: LogReader) -> Extent:
        """Where these lines are in a log as it is now."""
        start = _counted(self.first, reader) or 1
        if self.since is not None:
            start = max(start, reader.first_since(self.since))
        return Extent(max(1, start), _counted(self.last, reader))


def last_lines(extent: Extent, count: int, reader: LogReader) -> tuple[Extent, int]:
    """The last `count` lines of an extent, of the lines that there are now, and how many they are
    if there are less."""
    last = reader.line_count if extent.end is None else min(extent.end, reader.line_count)
    start = max(extent.start, last - count + 1)
    return Extent(start, extent.end), max(0, last - start + 1)


def _counted(number: int | None, reader: LogReader) -> int | None:
    if number is None or number >= 0:
        return number
    return max(0, reader.line_count + 1 + number)
