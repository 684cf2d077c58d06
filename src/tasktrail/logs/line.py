"""Lines of a log, as readers get them."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from tasktrail.model.instant import Instant

LAST_STREAM = 7
"""Streams are numbered 1 to 7; the format has room for no more."""

MAX_LINE = 1024 * 1024
"""Bytes after which a line without a newline is ended by force; it bounds every reader's memory."""


class Line(Struct, frozen=True, gc=False):
    """A line of a log.

    `number` counts from 1 over all streams, in the order in which lines were completed. `time` is
    when its last byte was read. `text` is without its newline; anything else, such as a carriage
    return, stays in it. `damaged` says that bytes of it cannot be read back.
    """

    number: int
    stream: int
    time: Instant
    text: bytes
    damaged: bool = False

    def decode(self) -> str:
        """The text as UTF-8, with U+FFFD for what is not valid."""
        return self.text.decode("utf-8", "replace")


class Stretch(NamedTuple):
    """`line_count` consecutive lines of one stream, completed at one time, from number `first` on.

    `text` holds them with a newline between each two; otherwise all is as in `Line`. It is what is
    cheap to read: nothing is done for a single line.
    """

    first: int
    line_count: int
    stream: int
    time: Instant
    text: bytes
    damaged: bool = False

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + self.line_count - 1

    def lines(self) -> list[Line]:
        """One by one."""
        return [
            Line(number, self.stream, self.time, text, self.damaged)
            for number, text in enumerate(self.text.split(b"\n"), self.first)
        ]

    def until(self, end: int) -> Stretch | None:
        """Without the lines after number `end`; None when none is left."""
        if self.last <= end:
            return self
        count = end + 1 - self.first
        if count < 1:
            return None
        return self._replace(
            line_count=count, text=b"\n".join(self.text.split(b"\n", count)[:count])
        )
