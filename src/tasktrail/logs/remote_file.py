"""A finished log in a store, read in pieces."""

from __future__ import annotations

import threading
from collections import OrderedDict

from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.segment import index_key

BLOCK = 512 * 1024
"""Bytes that are read of a log at once: a segment, and what lies around it."""
_MOST_AHEAD = 16
"""Blocks that are read at once when somebody reads on and on."""
_CACHE = 64 * 1024 * 1024


class BlockCache:
    """The blocks that were read last, for all readers of this process, up to `limit` bytes.

    What is in a store does not change, so that a block is never out of date. May be used by many
    threads.
    """

    def __init__(self, limit: int = _CACHE) -> None:
        self._limit = limit
        self._blocks: OrderedDict[tuple[str, str, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self._size

    def get(self, url: str, key: str, number: int) -> bytes | None:
        """A block, if it is here."""
        with self._lock:
            block = self._blocks.get((url, key, number))
            if block is not None:
                self._blocks.move_to_end((url, key, number))
            return block

    def put(self, url: str, key: str, number: int, block: bytes) -> None:
        """Keep a block, and forget those that were used longest ago when there are too many."""
        with self._lock:
            old = self._blocks.pop((url, key, number), b"")
            self._blocks[url, key, number] = block
            self._size += len(block) - len(old)
            while self._size > self._limit:
                _, forgotten = self._blocks.popitem(last=False)
                self._size -= len(forgotten)


class RemoteLogFile:
    """A `LogFile` in `store`, of `size` bytes; calls wait for the network.

    Every one may raise `LogStoreError`.
    """

    def __init__(self, store: ObjectStore, key: str, size: int, cache: BlockCache) -> None:
        self._store = store
        self._key = key
        self._size = size
        self._cache = cache
        self._next = -1
        """The block behind the last one that was fetched."""
        self._ahead = 1

    def size(self) -> int:
        """See `LogFile`."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """See `LogFile`."""
        end = min(offset + length, self._size)
        if end <= offset:
            return b""
        first, last = offset // BLOCK, (end - 1) // BLOCK
        blocks = b"".join(self._block(number, last) for number in range(first, last + 1))
        return blocks[offset - first * BLOCK : end - first * BLOCK]

    def side_index(self) -> bytes:
        """See `LogFile`. A log of one block has none, or needs none: it is read as a whole."""
        if self._size <= BLOCK:
            return b""
        key = index_key(self._key)
        index = self._cache.get(self._store.url, key, 0)
        if index is None:
            index = self._store.read_all(key)
            self._cache.put(self._store.url, key, 0, index)
        return index

    def close(self) -> None:
        """See `LogFile`."""

    def _block(self, number: int, last: int) -> bytes:
        block = self._cache.get(self._store.url, self._key, number)
        return block if block is not None else self._fetch(number, last)

    def _fetch(self, number: int, last: int) -> bytes:
        """Read the block, those up to `last`, and more where this continues the last reading."""
        self._ahead = min(2 * self._ahead, _MOST_AHEAD) if number == self._next else 1
        count = max(self._ahead, last - number + 1)
        self._next = number + count
        start = number * BLOCK
        stored = self._store.read(self._key, start, min(count * BLOCK, self._size - start))
        for index in range(0, len(stored), BLOCK):
            self._cache.put(
                self._store.url, self._key, number + index // BLOCK, stored[index : index + BLOCK]
            )
        return stored[:BLOCK]
