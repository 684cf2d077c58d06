"""A log that is being written elsewhere, as far as it is known here."""

from __future__ import annotations

from msgspec import Struct

from tasktrail.model.instant import Instant


class LiveLog(Struct, frozen=True, kw_only=True):
    """How much of the log of an attempt there is.

    Attributes:
        store: where its chunks are.
        size: bytes that are there, without a gap from the first on.
        closed_at: since when nothing is added any more.
    """

    task_id: int
    step_id: int
    attempt: int
    store: str
    size: int
    closed_at: Instant | None = None


class Chunk(Struct, frozen=True):
    """Consecutive bytes of a log, `length` of them from the offset `start` on: an object."""

    start: int
    length: int
    key: str

    @property
    def end(self) -> int:
        """The offset behind them."""
        return self.start + self.length


class LiveExtent(Struct, frozen=True):
    """How far a log goes that is being written, and whether it ends there."""

    size: int
    ended: bool
