"""Logs that are no longer in the data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tasktrail.actions.live_logs import LiveLogs
from tasktrail.errors import LogStoreError
from tasktrail.logs.log_file import LocalLogFile, LogFile
from tasktrail.logs.notice_file import NoticeLogFile
from tasktrail.logs.stores import LogStores
from tasktrail.model.instant import Instant, to_rfc3339
from tasktrail.model.log_placement import LogPlacement
from tasktrail.store.log_places import placement_of
from tasktrail.store.store import Store

Find = Callable[[int, int], LogPlacement | None]
"""What is recorded of the log of an attempt, by the id of the step and the number of the attempt.
Called beside the event loop."""


def find_in(store: Store) -> Find:
    """Looks into the records, by way of the loop that runs now."""
    loop = asyncio.get_running_loop()

    def find(step_id: int, attempt: int) -> LogPlacement | None:
        asked = store.read(lambda connection: placement_of(connection, step_id, attempt))
        return asyncio.run_coroutine_threadsafe(asked, loop).result()

    return find


class FinishedLogs:
    """Opens the logs of attempts that have ended, wherever they are: here, in a store, or removed
    by retention, which then is all that there is to read. `find` says what became of one; one
    of `live` may still be in its pieces."""

    def __init__(self, find: Find, stores: LogStores, live: LiveLogs | None = None) -> None:
        self._find = find
        self._stores = stores
        self._live = live

    def file(self, path: Path, step_id: int, attempt: int) -> LogFile:
        """The log of an attempt that is at `path` if it is here; to be used beside the loop.

        It may raise `LogStoreError` when it is read, and `StoreUnavailableError`.
        """
        return _FinishedLogFile(self, path, step_id, attempt)

    async def probe(self, key: str) -> None:
        """Try the configured store with a small object under `key`.

        Raises:
            LogStoreError: it cannot be used, or not be reached.
        """
        if (store := self._stores.configured) is not None:
            await store.probe(key)

    def elsewhere(self, step_id: int, attempt: int) -> LogFile | None:
        """The log of an attempt that is not here; None when it has none.

        Raises:
            LogStoreError: its store cannot be opened.
            StoreUnavailableError: the records cannot be read.
        """
        place = self._find(step_id, attempt)
        if place is None:
            return self._live.file((step_id, attempt)) if self._live else None
        if place.removed_at is not None:
            return NoticeLogFile(_removal(place.removed_at), place.removed_at)
        if place.store is None or place.key is None or place.size is None:
            raise LogStoreError(f"it is not known where the log of step {step_id} is")
        return self._stores.file(place.store, place.key, place.size)


class _FinishedLogFile:
    """A `LogFile` that is looked for where it was written first, and then elsewhere: it may move
    at any moment, but is recorded before it goes from here."""

    def __init__(self, finished: FinishedLogs, path: Path, step_id: int, attempt: int) -> None:
        self._finished = finished
        self._attempt = step_id, attempt
        self._local = LocalLogFile(path)
        self._found: LogFile | None = None

    def size(self) -> int | None:
        if self._found is None:
            size = self._local.size()
            if size is not None:
                self._found = self._local
                return size
            self._found = self._finished.elsewhere(*self._attempt)
        return None if self._found is None else self._found.size()

    def read(self, offset: int, length: int) -> bytes:
        return b"" if self._found is None else self._found.read(offset, length)

    def side_index(self) -> bytes:
        return b"" if self._found is None else self._found.side_index()

    def close(self) -> None:
        self._local.close()


def _removal(at: Instant) -> str:
    """Nothing more: the task that removed it is for those who see the organization's tasks."""
    day = to_rfc3339(at)[:10]
    return f"[tasktrail] this log was removed by retention on {day}"
