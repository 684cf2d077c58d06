"""Copying all logs of a data directory while some of them grow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tasktrail.logs.place import LogPlace
from tasktrail.logs.segment import index_path

Progress = Callable[[int, int], None]
"""Told of the bytes that are copied, and of all that there are to copy."""


def copy_logs(place: LogPlace, target: Path, told: Progress) -> tuple[int, int]:
    """Copy every log, durably; returns how many there are, and the bytes that they take.

    What was in a log before the call is in its copy; a frame that is being written meanwhile may be
    there in part, which is repaired as after a crash. Nothing may be removed from `place`
    meanwhile: see `LogPlace.kept`.

    Raises:
        OSError: a log cannot be read, or its copy cannot be written.
    """
    paths = [place.path(*name) for name in place.names()]
    total = sum(path.stat().st_size for path in paths)
    copied = 0
    for path in paths:
        copy = target / path.relative_to(place.root)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        copied += _copy_log(path, copy)
        told(copied, max(total, copied))
    return len(paths), copied


def _copy_log(source: Path, target: Path) -> int:
    """Copy a log with its side index; both of one state, though it may be compacted meanwhile."""
    while True:
        inode = source.stat().st_ino
        # The side index first: then all that it points to is in the copy of the log.
        with suppress(FileNotFoundError):
            _copy(index_path(source), index_path(target))
        size = _copy(source, target)
        if source.stat().st_ino == inode:
            return size
        index_path(target).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> int:
    with source.open("rb") as reading, open(target, "wb", opener=_private) as writing:
        shutil.copyfileobj(reading, writing, 1024 * 1024)
        os.fsync(writing.fileno())
        return writing.tell()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
