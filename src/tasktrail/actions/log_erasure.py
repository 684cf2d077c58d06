"""Erases logs that retention has removed: the record says so first, then the bytes go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from tasktrail.errors import LogStoreError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.segment import index_key
from tasktrail.logs.stores import LogStores
from tasktrail.model.instant import Instant
from tasktrail.model.log_placement import LogPlacement
from tasktrail.store.log_places import note_erased, unerased
from tasktrail.store.store import Store

_AT_ONCE = 500


class LogErasure:
    """Removes what is left of removed logs, here and in stores. A kill may come at any moment:
    what was not erased is erased the next time.

    `prefix` is that of the keys under which this installation sends logs.
    """

    def __init__(
        self,
        store: Store,
        place: LogPlace,
        stores: LogStores,
        prefix: str,
        clock: Callable[[], Instant],
    ) -> None:
        self._store = store
        self._place = place
        self._stores = stores
        self._prefix = prefix
        self._clock = clock

    async def erase_all(self) -> None:
        """Erase every log that was removed.

        Raises:
            LogStoreError: a store cannot be reached; all that is not there was erased.
            StoreUnavailableError: the records cannot be written.
        """
        problem: LogStoreError | None = None
        last = (0, 0)
        while some := await self._store.read(partial(unerased, after=last, count=_AT_ONCE)):
            last = some[-1].step_id, some[-1].attempt
            erased: list[tuple[int, int]] = []
            for placement in some:
                try:
                    await self._erase_bytes(placement)
                except LogStoreError as error:
                    problem = error
                else:
                    erased.append((placement.step_id, placement.attempt))
            await self._note(erased)
        if problem is not None:
            raise problem

    async def erase(self, placement: LogPlacement) -> None:
        """Erase one log that was removed.

        Raises:
            LogStoreError: its store cannot be reached.
            StoreUnavailableError: the record cannot be written.
        """
        await self._erase_bytes(placement)
        await self._note([(placement.step_id, placement.attempt)])

    async def _erase_bytes(self, placement: LogPlacement) -> None:
        name = LogName(placement.task_id, placement.step_id, placement.attempt)
        try:
            await asyncio.to_thread(self._place.remove, name)
        except OSError as error:
            raise LogStoreError(f"a log cannot be removed: {error}") from error
        if placement.store is not None and placement.key is not None:
            store, key = self._stores.at(placement.store), placement.key
        else:  # a kill may have come between an upload and its record
            store, key = self._stores.configured, name.stored_under(self._prefix)
        if store is not None:
            await store.remove(key, index_key(key))
        reach(Failpoint.LOG_ERASED)

    async def _note(self, erased: list[tuple[int, int]]) -> None:
        at = self._clock()
        await self._store.write(lambda transaction: note_erased(transaction.connection, erased, at))
