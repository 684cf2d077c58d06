"""A log that is being written elsewhere, read from the chunks of it that are in a store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from tasktrail.logs.known_segments import KnownSegments
from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.remote_file import BlockCache
from tasktrail.model.live_log import Chunk

_AHEAD = 16
"""Chunks that are read at once when somebody reads on and on."""

Look = Callable[[int], Sequence[Chunk] | None]
"""The chunks with what stands at an offset or behind it, without a gap; None while there is no such
log."""


class ChunkedLogFile:
    """A `LogFile` that may still grow; calls wait for the records and for the network.

    Every one may raise `LogStoreError`, and `StoreUnavailableError`: also when the log was closed
    so long ago that it is somewhere else by now.
    """

    def __init__(
        self,
        store: ObjectStore,
        look: Look,
        cache: BlockCache,
        segments: KnownSegments,
        readers: Executor,
    ) -> None:
        """`segments` are those of this log, for all who read it; `readers` fetch chunks."""
        self._store = store
        self._look = look
        self._cache = cache
        self._segments = segments
        self._readers = readers
        self._chunks: list[Chunk] = []
        self._starts: list[int] = []
        self._next = -1
        """The chunk behind the last one that was read."""

    def size(self) -> int | None:
        """See `LogFile`."""
        found = self._look(self._end)
        if found is None:
            return self._end or None
        if not found:
            return self._end
        if found[0].start != self._end:
            # Chunks were merged, also some that were not known here yet.
            self._chunks, self._next = [], -1
            found = self._look(0) or ()
        self._chunks += found
        self._starts = [chunk.start for chunk in self._chunks]
        return self._end

    def read(self, offset: int, length: int) -> bytes:
        """See `LogFile`."""
        end = min(offset + length, self._end)
        if end <= offset:
            return b""
        first = bisect_right(self._starts, offset) - 1
        last = bisect_right(self._starts, end - 1) - 1
        pieces = self._pieces(first, last)
        start = self._starts[first]
        return b"".join(pieces)[offset - start : end - start]

    def side_index(self) -> bytes:
        """See `LogFile`: it is made as the log is read."""
        return self._segments.entries(self)

    def close(self) -> None:
        """See `LogFile`."""

    @property
    def _end(self) -> int:
        return self._chunks[-1].end if self._chunks else 0

    def _pieces(self, first: int, last: int) -> list[bytes]:
        """What is in these chunks; more are fetched where this continues the last reading."""
        ahead = _AHEAD if first in (self._next, self._next - 1) else 0
        self._next = last + 1
        wanted = self._chunks[first : last + 1 + ahead]
        missing = [chunk for chunk in wanted if self._cached(chunk) is None]
        fetched = dict(zip(missing, self._fetched(missing), strict=True))
        return [
            fetched.get(chunk) or self._cached(chunk) or self._fetch(chunk)
            for chunk in wanted[: last + 1 - first]
        ]

    def _fetched(self, chunks: Sequence[Chunk]) -> list[bytes]:
        if len(chunks) == 1:
            return [self._fetch(chunks[0])]
        return list(self._readers.map(self._fetch, chunks))

    def _cached(self, chunk: Chunk) -> bytes | None:
        return self._cache.get(self._store.url, chunk.key, 0)

    def _fetch(self, chunk: Chunk) -> bytes:
        found = self._store.read(chunk.key, 0, chunk.length)
        self._cache.put(self._store.url, chunk.key, 0, found)
        return found
