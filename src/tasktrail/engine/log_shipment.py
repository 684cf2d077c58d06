"""Brings one finished log from the data directory to a store.

At every moment the log is in the data directory or, compared and recorded, in the store: it is
uploaded, compared, recorded, and only then removed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.actions.log_erasure import LogErasure
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.segment import index_key, index_path
from tasktrail.model.instant import Instant
from tasktrail.model.log_placement import LogPlacement
from tasktrail.store.log_places import finished_attempts, note_stored, placement_of
from tasktrail.store.store import Store


class LogShipment:
    """What every log takes on its way to `target`; see `LogName.stored_under` for `prefix`."""

    def __init__(
        self,
        store: Store,
        place: LogPlace,
        target: ObjectStore,
        erasure: LogErasure,
        prefix: str,
        clock: Callable[[], Instant],
    ) -> None:
        self._store = store
        self._place = place
        self._target = target
        self._erasure = erasure
        self._prefix = prefix
        self._clock = clock

    async def ship(self, name: LogName) -> None:
        """Bring the log there, or do what an interrupted try has left to do. Idempotent.

        Raises:
            LogStoreError: the store did not take it.
            StoreUnavailableError: the records did not.
            OSError: it cannot be read, or removed, here.
        """
        known = await self._store.read(
            lambda connection: placement_of(connection, name.step_id, name.attempt)
        )
        if known is None:
            known = await self._upload(name)
        if known is None:
            return
        if known.removed_at is not None:
            await self._erasure.erase(known)
            return
        await asyncio.to_thread(self._place.remove, name)
        reach(Failpoint.LOG_LOCAL_REMOVED)

    async def _upload(self, name: LogName) -> LogPlacement | None:
        """Put the log into the store and record that; None when there is none here."""
        path = self._place.path(*name)
        index = index_path(path)
        if not path.exists():
            return None
        key = name.stored_under(self._prefix)
        reach(Failpoint.LOG_SHIPPING)
        if index.exists():
            await self._target.upload(index_key(key), index)
        digest = await self._target.upload(key, path)
        reach(Failpoint.LOG_VERIFIED)
        stored = LogPlacement(
            task_id=name.task_id,
            step_id=name.step_id,
            attempt=name.attempt,
            store=self._target.url,
            key=key,
            size=path.stat().st_size,
            digest=digest,
            stored_at=self._clock(),
        )
        known = await self._store.write(
            lambda transaction: note_stored(transaction.connection, stored)
        )
        reach(Failpoint.LOG_PLACE_RECORDED)
        return known


async def finished_here(store: Store, place: LogPlace) -> list[LogName]:
    """The logs in the data directory whose attempts have ended.

    Raises:
        StoreUnavailableError: the records do not say which have.
        OSError: the directory cannot be read.
    """
    names = await asyncio.to_thread(lambda: sorted(place.names()))
    found: list[LogName] = []
    for task_id in dict.fromkeys(name.task_id for name in names):
        ended = await store.read(lambda connection, one=task_id: finished_attempts(connection, one))
        found += [LogName(task_id, *attempt) for attempt in ended]
    here = set(names)
    return [name for name in found if name in here]
