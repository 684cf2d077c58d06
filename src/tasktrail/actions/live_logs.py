"""Reading and following logs that are written elsewhere and come here in pieces."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from tasktrail.errors import StoreUnavailableError
from tasktrail.logs.hub import LogHub
from tasktrail.logs.known_segments import KnownSegments
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.stores import LogStores
from tasktrail.model.live_log import Chunk, LiveExtent, LiveLog
from tasktrail.store.live_logs import chunks_from, live_extents, live_log
from tasktrail.store.log_places import AttemptKey
from tasktrail.store.store import Connection, Store

BETWEEN_LOOKS = 0.1
"""Seconds in which what comes to another process is noticed here."""

_READERS = 16
_REMEMBERED = 500
"""Logs of which the segments are known, so that they are read from anywhere at once."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Followed:
    """A log with followers in this process."""

    path: Path
    followers: int = 0
    size: int = 0


class LiveLogs:
    """Opens such logs, and has the hub of this process know how they grow.

    What this process takes in is told at once; what others take in is looked for, for all followed
    logs together, as long as any is followed.
    """

    def __init__(self, store: Store, stores: LogStores, hub: LogHub) -> None:
        """Made in the event loop that the store belongs to."""
        self._store = store
        self._stores = stores
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._remembering = threading.Lock()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="chunk-reader")
        self._segments: OrderedDict[AttemptKey, KnownSegments] = OrderedDict()
        self._followed: dict[AttemptKey, _Followed] = {}
        self._looking: asyncio.Task[None] | None = None

    async def aclose(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await asyncio.to_thread(self._readers.shutdown, cancel_futures=True)

    def file(self, key: AttemptKey) -> LogFile | None:
        """The chunks of a log, to be used beside the event loop; None while there are none, or when
        they are gone, since it is elsewhere.

        Raises:
            LogStoreError: their store cannot be opened.
            StoreUnavailableError: the records cannot be read.
        """
        # Loaded where it is used, with the client of stores.
        from tasktrail.logs.chunked_file import ChunkedLogFile

        log = self._ask(partial(live_log, key=key))
        if log is None:
            return None

        def look(start: int) -> Sequence[Chunk] | None:
            return self._ask(lambda connection: _chunks(connection, key, start))

        store = self._stores.at(log.store)
        segments = self._segments_of(key)
        return ChunkedLogFile(store, look, self._stores.cache, segments, self._readers)

    @contextlib.asynccontextmanager
    async def followed(self, key: AttemptKey, path: Path) -> AsyncGenerator[None]:
        """The hub tells meanwhile of the log of an attempt as if it were written here, at `path`:
        that it has grown, and at last that it is complete."""
        extent = (await self._extents([key])).get(key)
        if extent is None or extent.ended:
            yield
            return
        one = self._begin(key, path, extent)
        try:
            yield
        finally:
            one.followers -= 1
            if not one.followers and self._followed.get(key) is one:
                del self._followed[key]
                self._hub.closed(path)

    def tell(self, log: LiveLog) -> None:
        """This process knows that a log has grown, or was closed."""
        one = self._followed.get((log.step_id, log.attempt))
        if one is not None:
            self._told((log.step_id, log.attempt), one, log.size, ended=log.closed_at is not None)

    def _begin(self, key: AttemptKey, path: Path, extent: LiveExtent) -> _Followed:
        one = self._followed.get(key)
        if one is None:
            one = self._followed[key] = _Followed(path, size=extent.size)
            self._hub.opened(path)
        one.followers += 1
        if self._looking is None or self._looking.done():
            self._looking = self._loop.create_task(self._look())
        return one

    async def _look(self) -> None:
        while self._followed:
            await asyncio.sleep(BETWEEN_LOOKS)
            try:
                found = await self._extents(list(self._followed))
            except StoreUnavailableError as error:
                _log.debug("how logs have grown is not known: %s", error)
                continue
            for key, extent in found.items():
                if (one := self._followed.get(key)) is not None:
                    self._told(key, one, extent.size, ended=extent.ended)

    def _told(self, key: AttemptKey, one: _Followed, size: int, *, ended: bool) -> None:
        if ended:
            del self._followed[key]
            self._hub.closed(one.path)
        elif size > one.size:
            one.size = size
            self._hub.grew(one.path)

    def _segments_of(self, key: AttemptKey) -> KnownSegments:
        with self._remembering:
            known = self._segments.setdefault(key, KnownSegments())
            self._segments.move_to_end(key)
            if len(self._segments) > _REMEMBERED:
                self._segments.popitem(last=False)
            return known

    async def _extents(self, keys: Sequence[AttemptKey]) -> dict[AttemptKey, LiveExtent]:
        return await self._store.read(lambda connection: live_extents(connection, keys))

    def _ask(self, query: Callable[[Connection], _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(self._store.read(query), self._loop).result()


def _chunks(connection: Connection, key: AttemptKey, start: int) -> list[Chunk] | None:
    found = chunks_from(connection, key, start)
    return found if found or live_log(connection, key) is not None else None
