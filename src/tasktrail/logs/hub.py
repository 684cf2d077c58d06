"""Tells followers that a log has grown, so that nobody polls while nothing happens."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Generator
from pathlib import Path


class LogWatch:
    """One follower's ear on one log; made by `LogHub.watch` for the running event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._grown = asyncio.Event()
        self._called = False
        self.ended = False
        """Whether nobody writes the log. What was written before it turned true can be read."""

    async def wait_grown(self) -> None:
        """Return when the log has grown, or its writer has closed it, since the last return."""
        await self._grown.wait()
        self._grown.clear()
        self._called = False

    def call(self) -> None:
        """Wake the follower, from any thread; one that is still busy is woken only once."""
        if not self._called:
            self._called = True
            with contextlib.suppress(RuntimeError):  # its loop is gone, and with it the follower
                self._loop.call_soon_threadsafe(self._grown.set)


class LogHub:
    """Knows which logs are being written in this process, and who follows them.

    Nothing is queued for a follower: it reads the file, at its own pace. All of it may be called
    from any thread.
    """

    def __init__(self) -> None:
        self._watches: dict[Path, dict[LogWatch, None]] = {}
        self._awaited: dict[Path, dict[LogWatch, None]] = {}
        self._lock = threading.Lock()

    def opened(self, path: Path) -> None:
        """A writer may begin the log at `path`."""
        with self._lock:
            self._watches[path] = {}
            awaiting = tuple(self._awaited.get(path, ()))
        for watch in awaiting:
            watch.call()

    def grew(self, path: Path) -> None:
        """There is more to read at `path`."""
        if not self.followed(path):
            return
        with self._lock:
            watches = tuple(self._watches.get(path, ()))
        for watch in watches:
            watch.call()

    def followed(self, path: Path) -> bool:
        """Whether anybody listens to the log at `path`."""
        return bool(self._watches.get(path))

    def closed(self, path: Path) -> None:
        """Nothing more will be written to `path`."""
        with self._lock:
            # A copy: a follower that leaves takes itself out of the original meanwhile.
            watches = tuple(self._watches.pop(path, ()))
        for watch in watches:
            watch.ended = True
            watch.call()

    @contextlib.contextmanager
    def watch(self, path: Path) -> Generator[LogWatch]:
        """Listen to the log at `path`."""
        watch = LogWatch()
        with self._lock:
            watches = self._watches.get(path)
            if watches is None:
                watch.ended = True
            else:
                watches[watch] = None
        try:
            yield watch
        finally:
            if watches is not None:
                with self._lock:
                    watches.pop(watch, None)

    @contextlib.contextmanager
    def await_opened(self, path: Path) -> Generator[LogWatch]:
        """Be called when a writer opens the log at `path`, at once if one has it open."""
        watch = LogWatch()
        with self._lock:
            self._awaited.setdefault(path, {})[watch] = None
            opened = path in self._watches
        if opened:
            watch.call()
        try:
            yield watch
        finally:
            with self._lock:
                awaiting = self._awaited[path]
                del awaiting[watch]
                if not awaiting:
                    del self._awaited[path]
