"""Where logs of workers arrive in these tests: a directory of one process, which has SQLite."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tasktrail.errors import LogStoreError
from tasktrail.logs.appender import sync_directory
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.recovery import recover
from tasktrail.model.step import LogSummary

_MOST_KNOWN = 10_000


@dataclass(slots=True)
class _Log:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed: bool = False


class LocalLogIntake:
    """A `LogIntake` whose place may be a directory that machines share. One process takes a log:
    two would not know of each other."""

    def __init__(self, place: LogPlace, hub: LogHub) -> None:
        self._place = place
        self._hub = hub
        self._logs: OrderedDict[LogName, _Log] = OrderedDict()

    async def append(self, name: LogName, offset: int, data: bytes) -> int:
        """See `LogIntake`."""
        path, log = self._place.path(*name), self._log(name)
        async with log.lock:
            with _told(path):
                size = await asyncio.to_thread(_append, path, offset, b"" if log.closed else data)
        self._hub.grew(path)
        return size

    async def close(self, name: LogName, summary: LogSummary) -> None:
        """See `LogIntake`."""
        del summary
        path, log = self._place.path(*name), self._log(name)
        async with log.lock:
            with _told(path):
                await asyncio.to_thread(_sync, path)
            log.closed = True
        self._hub.closed(path)

    async def settle(self, name: LogName) -> LogSummary:
        """See `LogIntake`."""
        path, log = self._place.path(*name), self._log(name)
        async with log.lock:
            with _told(path):
                summary = await asyncio.to_thread(recover, path)
            log.closed = True
        self._hub.closed(path)
        return summary

    def _log(self, name: LogName) -> _Log:
        log = self._logs.get(name)
        if log is None:
            log = self._logs[name] = _Log()
            self._hub.opened(self._place.path(*name))
            while len(self._logs) > _MOST_KNOWN:
                self._logs.popitem(last=False)
        return log


@contextmanager
def _told(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise LogStoreError(f"the log {path.name} is not kept: {error}") from error


def _append(path: Path, offset: int, data: bytes) -> int:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        size = 0
    new = data[size - offset :] if offset <= size else b""
    if not new:
        return size
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        written = os.write(descriptor, new)
        if written < len(new):
            os.ftruncate(descriptor, size)
            raise OSError(f"only {written} of {len(new)} bytes were taken")
    finally:
        os.close(descriptor)
    return size + len(new)


def _sync(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_directory(path.parent)
