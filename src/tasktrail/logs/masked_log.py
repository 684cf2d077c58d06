"""The log of an attempt that knows secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tasktrail.logs.masker import Masker, mask_text
from tasktrail.logs.masking import Masking
from tasktrail.logs.writer import LogWriter
from tasktrail.model.step import LogSummary

SETTLE_SECONDS = 0.05
"""How long the end of a chunk is held back that may be the beginning of a secret."""


class Timer(Protocol):
    """Something that is going to be called."""

    def cancel(self) -> None:
        """Do not call it any more."""
        ...


class MaskedLog:
    """A `LogWriter` that no secret reaches; satisfies `OutputSink` of the runners.

    Each stream is masked for itself. What may be the beginning of a secret is written when more has
    come, or after `SETTLE_SECONDS` as far as `Masker.settle` gives it. `call_later` has something
    called by the thread that writes.
    """

    def __init__(
        self,
        writer: LogWriter,
        masking: Masking,
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self._writer = writer
        self._masking = masking
        self._call_later = call_later
        self._maskers: dict[int, Masker] = {}
        self._timer: Timer | None = None

    @property
    def written(self) -> bool:
        """Whether there is anything to close."""
        return self._writer.written

    def write(self, stream: int, chunk: bytes) -> None:
        """Keep `chunk`, which `stream` has written.

        Raises:
            FileExistsError: the path has a log already.
            ValueError: the writer is closed, or there is no such stream.
        """
        masker = self._maskers.get(stream)
        if masker is None:
            masker = self._maskers[stream] = Masker(self._masking)
        self._put(stream, masker.feed(chunk))
        if masker.holds and self._timer is None:
            self._timer = self._call_later(SETTLE_SECONDS, self._settle)

    def note(self, text: str) -> None:
        """Keep a line of Tasktrail itself (or several); it is kept beyond the cap, too."""
        self._writer.note(mask_text(self._masking, text))

    def end(self) -> None:
        """Write what is held back: nothing more comes. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for stream, masker in self._maskers.items():
            self._put(stream, masker.end())

    def close(self) -> LogSummary:
        """As of a `LogWriter`; to be called after `end`.

        Raises:
            OSError: the disk does not take it. The log is still open; close it again later.
        """
        return self._writer.close()

    def _settle(self) -> None:
        self._timer = None
        for stream, masker in self._maskers.items():
            self._put(stream, masker.settle())

    def _put(self, stream: int, chunk: bytes) -> None:
        if chunk:
            self._writer.write(stream, chunk)
