"""A clock that another process sets: the system's, plus what a file says."""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path

from tasktrail.model.instant import Instant

_OFFSET = struct.Struct("<q")


class ClockFile:
    """The clock of one directory. `offset` is in microseconds."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_OFFSET.pack(0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _OFFSET.size)

    def now(self) -> Instant:
        """The time, as it is set."""
        (offset,) = _OFFSET.unpack_from(self._shared)
        return Instant(time.time_ns() // 1000 + offset)

    def set(self, seconds: float) -> None:
        """Let the clock go wrong by so much from now on."""
        _OFFSET.pack_into(self._shared, 0, round(seconds * 1_000_000))
