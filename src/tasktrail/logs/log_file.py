"""The bytes of a log, wherever they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from tasktrail.logs.segment import index_path


class LogFile(Protocol):
    """A file of frames with its side index; not to be shared between threads."""

    def size(self) -> int | None:
        """Bytes of it now; None while there is no such file."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """The `length` bytes from `offset` on, or those of them that there are."""
        ...

    def side_index(self) -> bytes:
        """The entries of its side index, as they stand; empty when there is none."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LocalLogFile:
    """A `LogFile` on this machine. It may still grow, and may not exist yet.

    It keeps the file that it opened: a log that is compacted or removed meanwhile reads on as it
    was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def size(self) -> int | None:
        """See `LogFile`."""
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, os.O_RDONLY)
            except FileNotFoundError:
                return None
        return os.fstat(self._descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        """See `LogFile`."""
        return b"" if self._descriptor is None else os.pread(self._descriptor, length, offset)

    def side_index(self) -> bytes:
        """See `LogFile`."""
        try:
            return index_path(self._path).read_bytes()
        except OSError:
            return b""

    def close(self) -> None:
        """See `LogFile`."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
