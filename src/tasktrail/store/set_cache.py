"""Sets of sealed tasks that were asked for, kept in memory: what is sealed never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from tasktrail.store.bitset import full
from tasktrail.store.segment_summary import SEGMENT

_LARGEST = 64 * 1024 * 1024
"""Bytes that are kept at most."""

_OVERHEAD = 200
"""Bytes that an entry takes beside its name and its set."""

Key = tuple[int, str]
"""An organization, and what its tasks in the set have in common."""


class SetCache:
    """Keeps sets with the number of segments that they are known for; those used longest ago go
    first. May be used by several threads."""

    def __init__(self, largest: int = _LARGEST) -> None:
        self._largest = largest
        self._sets: OrderedDict[Key, tuple[int, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Key, segments: int, load: Callable[[int, int], int]) -> int:
        """The set in the first `segments` segments. What is not known of it yet comes from
        `load(first, end)`, with positions from the start of the segment `first`."""
        known, bits = self._known(key)
        if known < segments:
            bits |= load(known, segments) << (known * SEGMENT)
            self._keep(key, segments, bits)
        elif known > segments:  # a reader that began before the last segment was sealed
            bits &= full(segments * SEGMENT)
        return bits

    def _known(self, key: Key) -> tuple[int, int]:
        with self._lock:
            found = self._sets.get(key)
            if found is None:
                return 0, 0
            self._sets.move_to_end(key)
            return found

    def _keep(self, key: Key, segments: int, bits: int) -> None:
        with self._lock:
            before = self._sets.pop(key, None)
            if before is not None:
                self._size -= _size(key, before[1])
                if before[0] > segments:
                    segments, bits = before
            self._sets[key] = segments, bits
            self._size += _size(key, bits)
            while self._size > self._largest:
                gone, (_, oldest) = self._sets.popitem(last=False)
                self._size -= _size(gone, oldest)


def _size(key: Key, bits: int) -> int:
    return _OVERHEAD + len(key[1]) + bits.bit_length() // 8
