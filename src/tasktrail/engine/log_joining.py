"""Makes one object of the chunks of a log that is closed, and removes the chunks later.

At every moment the log is in its chunks or, compared and recorded, in the object: the chunks are
joined here, sent like any finished log, and only removed when that is recorded, and for so long
that whoever reads them has read them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from tasktrail.engine.chunk_merging import read_chunks
from tasktrail.engine.log_shipment import LogShipment
from tasktrail.errors import LogStoreError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.compaction import compact, worth_compacting
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover
from tasktrail.logs.stores import LogStores
from tasktrail.model.instant import Instant
from tasktrail.model.live_log import Chunk, LiveLog
from tasktrail.model.step import LogSummary
from tasktrail.store.live_logs import chunks_from, forget_live, is_placed, unsettled_logs
from tasktrail.store.log_places import AttemptKey, placement_of
from tasktrail.store.store import Store

_AT_ONCE = 200


class LogJoining:
    """`shipment` sends the logs of `place`, a directory for nothing else."""

    def __init__(
        self,
        store: Store,
        stores: LogStores,
        place: LogPlace,
        shipment: LogShipment,
        prefix: Callable[[LogName], str],
    ) -> None:
        """`prefix` says what the keys of the chunks of a log begin with."""
        self._store = store
        self._stores = stores
        self._place = place
        self._shipment = shipment
        self._prefix = prefix
        self._locks: WeakValueDictionary[AttemptKey, asyncio.Lock] = WeakValueDictionary()

    async def join(self, log: LiveLog) -> LogSummary | None:
        """Keep a log as one object; what is in it, or None when it is kept so already. Idempotent.

        Raises:
            LogStoreError: a store did not give the chunks or not take the object.
            StoreUnavailableError: the records cannot be read or written.
        """
        # To its end also when nobody waits for it any more: what is written here is one file.
        return await asyncio.shield(asyncio.ensure_future(self._alone(log)))

    async def unsettled(self, closed: Instant, ended: Instant) -> list[LiveLog]:
        """The logs that were closed before `closed`, and those that were not while their attempts
        ended before `ended`.

        Raises:
            StoreUnavailableError: the records cannot be read.
        """
        found: list[LiveLog] = []
        last = (0, 0)
        while some := await self._store.read(
            partial(unsettled_logs, after=last, closed=closed, ended=ended, count=_AT_ONCE)
        ):
            found += some
            last = some[-1].step_id, some[-1].attempt
        return found

    async def forget(self, log: LiveLog) -> None:
        """Remove the chunks of a log that is kept as one object. Idempotent.

        Raises:
            LogStoreError: one may still be there.
            StoreUnavailableError: the records cannot be written.
        """
        name = LogName(log.task_id, log.step_id, log.attempt)
        await self._stores.at(log.store).remove_below(self._prefix(name))
        reach(Failpoint.LIVE_CHUNKS_REMOVED)
        key = log.step_id, log.attempt
        await self._store.write(lambda transaction: forget_live(transaction.connection, key))
        reach(Failpoint.LIVE_FORGOTTEN)

    async def kept(self, log: LiveLog) -> bool:
        """Whether a log is kept as one object, or was removed by retention.

        Raises:
            StoreUnavailableError: the records cannot be read.
        """
        key = log.step_id, log.attempt
        return await self._store.read(lambda connection: is_placed(connection, key))

    async def summary_of(self, name: LogName) -> LogSummary:
        """What is in a log that is kept as one object; nothing where there is none.

        Raises:
            LogStoreError: it cannot be read.
            StoreUnavailableError: the records cannot be read.
        """
        place = await self._store.read(
            lambda connection: placement_of(connection, name.step_id, name.attempt)
        )
        if place is None or place.removed_at is not None:
            return LogSummary()
        assert place.store is not None
        assert place.key is not None
        file = self._stores.file(place.store, place.key, place.size or 0)
        return await asyncio.to_thread(_summary, file)

    async def _alone(self, log: LiveLog) -> LogSummary | None:
        lock = self._locks.setdefault((log.step_id, log.attempt), asyncio.Lock())
        async with lock:
            return await self._join(log)

    async def _join(self, log: LiveLog) -> LogSummary | None:
        if await self.kept(log):
            return None
        name = LogName(log.task_id, log.step_id, log.attempt)
        key = log.step_id, log.attempt
        chunks = await self._store.read(lambda connection: chunks_from(connection, key, 0))
        try:
            summary = await asyncio.to_thread(self._write, log, name, chunks)
        except OSError as error:
            raise LogStoreError(f"a log cannot be put together: {error}") from error
        reach(Failpoint.LIVE_JOINED)
        if summary.bytes:
            await self._shipment.ship(name)
        else:
            await self.forget(log)
        return summary

    def _write(self, log: LiveLog, name: LogName, chunks: list[Chunk]) -> LogSummary:
        """Write the log here, whole and sealed."""
        store, path = self._stores.at(log.store), self._place.path(*name)
        self._place.remove(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for content in read_chunks(store, chunks):
                file.write(content)
        summary = recover(path)
        if path.exists() and worth_compacting(_frame_count(path), summary.bytes):
            compact(path)
        return summary


def _summary(file: LogFile) -> LogSummary:
    with LogReader(file) as reader:
        return LogSummary(bytes=reader.size, lines=reader.line_count, truncated=reader.lossy)


def _frame_count(path: Path) -> int:
    source = FrameSource(path)
    try:
        source.refresh()
        return sum(1 for _ in source.frames(0, 1))
    finally:
        source.close()
