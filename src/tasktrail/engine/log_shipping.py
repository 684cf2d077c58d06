"""Sends finished logs to the store that is configured for them, in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tasktrail.actions.ledger import Decided
from tasktrail.engine.log_shipment import LogShipment, finished_here
from tasktrail.errors import LogStoreError, StoreUnavailableError
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.store.store import Store

_AT_ONCE = 4
_MOST_WAITING = 10_000
FIRST_WAIT = 0.5
LONGEST_WAIT = 60.0

_log = logging.getLogger(__name__)


class LogShipping:
    """Takes finished logs to a store, a few at once, and tries again while that is not possible.

    Steps never wait for it. What a kill interrupts is found by its file in the next life, and so
    is what comes while very many wait already.
    """

    def __init__(
        self,
        store: Store,
        place: LogPlace,
        shipment: LogShipment,
        *,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._store = store
        self._place = place
        self._shipment = shipment
        self._first_wait = first_wait
        self._waiting: asyncio.Queue[LogName] = asyncio.Queue(_MOST_WAITING)
        self._missed = asyncio.Event()
        """There may be finished logs in the data directory that do not wait here."""
        self._found = asyncio.Event()
        """All of them do."""
        self._under_way: set[LogName] = set()
        self._works: list[asyncio.Task[None]] = []
        self.problem: str | None = None
        """Why the last try failed, while no other has succeeded."""

    @property
    def waiting(self) -> int:
        """Logs that are still to be sent, as far as they are known."""
        return self._waiting.qsize() + len(self._under_way)

    def start(self) -> None:
        """Begin, with what an earlier life has left."""
        self._begin(self._find_missed())
        self._missed.set()
        for _ in range(_AT_ONCE):
            self._begin(self._take())

    def follow(self, decided: Decided) -> None:
        """Send the logs of attempts that have ended."""
        for attempt in decided.changes.attempts.values():
            if attempt.ended_at is not None and attempt.log is not None and attempt.log.bytes:
                self._offer(LogName(attempt.task_id, attempt.step_id, attempt.number))

    async def aclose(self, patience: float) -> None:
        """Stop; before that, while the store answers, give what waits `patience` seconds."""
        if self._works and self.problem is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_sent(), patience)
        for work in self._works:
            work.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._works.append(asyncio.get_running_loop().create_task(work))

    def _offer(self, name: LogName) -> None:
        try:
            self._waiting.put_nowait(name)
        except asyncio.QueueFull:
            self._found.clear()
            self._missed.set()

    async def _all_sent(self) -> None:
        await self._found.wait()
        await self._waiting.join()

    async def _find_missed(self) -> None:
        while True:
            await self._missed.wait()
            self._missed.clear()
            try:
                names = await finished_here(self._store, self._place)
            except (OSError, StoreUnavailableError) as error:
                _log.warning("finished logs cannot be looked for: %s", error)
                self._missed.set()
                await asyncio.sleep(LONGEST_WAIT)
                continue
            for name in names:
                await self._waiting.put(name)
            self._found.set()

    async def _take(self) -> None:
        wait = self._first_wait
        while True:
            name = await self._waiting.get()
            shipped = name in self._under_way or await self._shipped(name)
            if not shipped:
                self._offer(name)  # behind the others: it may be the only one that cannot be sent
            self._waiting.task_done()
            if shipped:
                wait = self._first_wait
            else:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def _shipped(self, name: LogName) -> bool:
        self._under_way.add(name)
        try:
            await self._shipment.ship(name)
        except (LogStoreError, StoreUnavailableError, OSError) as error:
            if self.problem is None:
                _log.warning("finished logs stay here until they can be sent: %s", error)
            self.problem = str(error)
            return False
        finally:
            self._under_way.discard(name)
        if self.problem is not None:
            _log.warning("finished logs are sent again")
            self.problem = None
        return True
