"""Takes in logs that workers elsewhere write, piece by piece, and keeps them as one at the end."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from tasktrail.actions.live_logs import LiveLogs
from tasktrail.engine.log_joining import LogJoining
from tasktrail.errors import LogStoreError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.place import LogName
from tasktrail.logs.stores import LogStores
from tasktrail.model.instant import Instant
from tasktrail.model.live_log import Chunk, LiveLog
from tasktrail.model.step import LogSummary
from tasktrail.store.live_logs import add_chunk, begin_live, close_live, is_placed, live_log
from tasktrail.store.store import Store
from tasktrail.store.transaction import Transaction

_log = logging.getLogger(__name__)


class StoredLogIntake:
    """A `LogIntake` of many processes: any of them takes any piece of any log. What a call has
    answered is never lost: it is in the store, and recorded."""

    def __init__(
        self,
        store: Store,
        stores: LogStores,
        live: LiveLogs,
        joining: LogJoining,
        prefix: str,
        clock: Callable[[], Instant],
    ) -> None:
        """`prefix` is that of the keys of this installation."""
        self._store = store
        self._stores = stores
        self._live = live
        self._joining = joining
        self._prefix = prefix
        self._clock = clock

    async def append(self, name: LogName, offset: int, data: bytes) -> int:
        """See `LogIntake`. All is known of a log that was closed long ago."""
        log = await self._begun(name)
        if log is None:
            return offset + len(data)
        new = data[log.size - offset :] if offset <= log.size else b""
        if not new or log.closed_at is not None:
            return log.size
        store = self._stores.at(log.store)
        chunk = Chunk(log.size, len(new), f"{live_prefix(self._prefix, name)}/{_key(log.size)}")
        await store.put(chunk.key, new)
        reach(Failpoint.LIVE_CHUNK_STORED)
        log = await self._record(name, chunk, store)
        reach(Failpoint.LIVE_CHUNK_RECORDED)
        if log is None:
            return offset + len(data)
        self._live.tell(log)
        return log.size

    async def close(self, name: LogName, summary: LogSummary) -> None:
        """See `LogIntake`."""
        found = await self._closed(name)
        if found is not None and (found.bytes, found.lines) != (summary.bytes, summary.lines):
            _log.warning("of the log %s came %s, not %s", name.path, found, summary)

    async def settle(self, name: LogName) -> LogSummary:
        """See `LogIntake`."""
        found = await self._closed(name)
        return found if found is not None else await self._joining.summary_of(name)

    async def _closed(self, name: LogName) -> LogSummary | None:
        """Add nothing to a log any more, and keep it as one object, recorded as finished; what is
        in it, or None when it is kept so already or nothing came."""
        key = name.step_id, name.attempt
        now = self._clock()
        log = await self._store.write(
            lambda transaction: close_live(transaction.connection, key, now)
        )
        reach(Failpoint.LIVE_CLOSED)
        if log is None:
            return None
        self._live.tell(log)
        return await self._joining.join(log)

    async def _begun(self, name: LogName) -> LiveLog | None:
        """How a log stands, which begins now if it has not; None when it is elsewhere by now.

        Raises:
            LogStoreError: there is no store for it.
        """
        key = name.step_id, name.attempt
        log = await self._store.read(lambda connection: live_log(connection, key))
        if log is not None:
            return log
        store = self._stores.configured
        if store is None:
            raise LogStoreError("there is no store for logs", hint="set `log_store`")
        new = LiveLog(
            task_id=name.task_id,
            step_id=name.step_id,
            attempt=name.attempt,
            store=store.url,
            size=0,
        )

        def begin(transaction: Transaction) -> LiveLog | None:
            connection = transaction.connection
            return None if is_placed(connection, key) else begin_live(connection, new)

        return await self._store.write(begin)

    async def _record(self, name: LogName, chunk: Chunk, store: ObjectStore) -> LiveLog | None:
        """Let the chunk be a part of the log, or drop it, where another call was quicker; how the
        log stands then."""
        key = name.step_id, name.attempt

        def record(transaction: Transaction) -> tuple[bool, LiveLog | None]:
            connection = transaction.connection
            return add_chunk(connection, key, chunk), live_log(connection, key)

        # Also when the caller hangs up: what is in the store is known, or not there.
        added, log = await asyncio.shield(self._store.write(record))
        if not added:
            await store.remove(chunk.key)
        return log


def live_prefix(prefix: str, name: LogName) -> str:
    """What the keys of the chunks of a log begin with."""
    return f"{prefix}/live/{name.task_id}/{name.step_id}-{name.attempt}"


def _key(start: int) -> str:
    """Never the same twice: whoever sends the same bytes again may send more of them."""
    return f"{start:016}-{secrets.token_hex(6)}"
