"""One line of a log, as readers get it."""

from __future__ import annotations

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
