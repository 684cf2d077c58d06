"""Sums up old tasks while tasks come, so that lists stay quick (see `store.segments`)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from tasktrail.errors import StoreUnavailableError
from tasktrail.model.instant import Instant
from tasktrail.store.segments import (
    grown_since,
    has_grown,
    keep_segment,
    next_segment,
    settled_before,
)
from tasktrail.store.store import Store

FIRST_AFTER = 5.0
"""Seconds: an engine that only runs one task has no time for it."""
EVERY = 30.0

_REST = 4
"""How much longer than its work it rests, so that it takes a fifth of the time at most."""

_log = logging.getLogger(__name__)


class ListUpkeep:
    """Seals the segments of all organizations, first those that are there, then as they grow."""

    def __init__(self, store: Store, clock: Callable[[], Instant]) -> None:
        self._store = store
        self._clock = clock
        self._looked_until = 0
        self._waiting: set[int] = set()
        """Organizations with a segment that could not be sealed when it was looked at."""

    async def run(self, *, first_after: float = FIRST_AFTER, every: float = EVERY) -> None:
        """Seal what can be sealed, again and again."""
        await asyncio.sleep(first_after)
        while True:
            try:
                await self.seal_all()
            except StoreUnavailableError as error:
                _log.warning("lists could not be prepared: %s", error)
            except Exception:  # noqa: BLE001 - lists are right without it, and it is tried again
                _log.exception("lists could not be prepared")
            await asyncio.sleep(every)

    async def seal_all(self) -> None:
        """Seal what can be sealed of the organizations with new tasks, and of those where it could
        not be before: tasks settle and end without a new one."""
        looked_until = self._looked_until
        grown, newest = await self._store.read(
            lambda connection: grown_since(connection, looked_until)
        )
        for organization_id in sorted({*grown, *self._waiting}):
            while await self._seal_next(organization_id):
                pass
            if await self._grown(organization_id):
                self._waiting.add(organization_id)
            else:
                self._waiting.discard(organization_id)
        self._looked_until = newest

    async def _grown(self, organization_id: int) -> bool:
        return await self._store.read(lambda connection: has_grown(connection, organization_id))

    async def _seal_next(self, organization_id: int) -> bool:
        started = time.monotonic()
        now = self._clock()
        settled = await self._store.read(lambda connection: settled_before(connection, now))
        # A transaction of its own: what has settled must be there for it.
        segment = await self._store.read(
            lambda connection: next_segment(connection, organization_id, settled)
        )
        if segment is None:
            return False
        await self._store.write(lambda transaction: keep_segment(transaction.connection, segment))
        await asyncio.sleep(_REST * (time.monotonic() - started))
        return True
