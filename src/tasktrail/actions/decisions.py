"""Makes decisions durable, and tells those who act on them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from tasktrail.actions.ledger import Decided, Ledger
from tasktrail.actions.reservation import Reservation, Reserve
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.happening import Happening
from tasktrail.model.instant import Instant
from tasktrail.store.store import Store
from tasktrail.store.transaction import Transaction

T = TypeVar("T")

_log = logging.getLogger(__name__)

Listener = Callable[[Decided], None]
"""Told of each decision after it is durable, in the event loop; must return at once."""


class Decisions:
    """The way by which everything that changes a task goes.

    With `outbox` an engine elsewhere has to be told: what it must look at is kept with what was
    decided.
    """

    def __init__(self, store: Store, clock: Callable[[], Instant], *, outbox: bool = False) -> None:
        self.store = store
        self.clock = clock
        self._outbox = outbox
        self._listeners: list[Listener] = []
        self._reserve: Reserve | None = None

    def start_at(self, reserve: Reserve) -> None:
        """Start the first job of a task as it is accepted, where `reserve` keeps a place free."""
        self._reserve = reserve

    def subscribe(self, listener: Listener) -> None:
        """Tell `listener` of every decision from now on."""
        self._listeners.append(listener)

    async def make(self, work: Callable[[Ledger], T], told: Callable[[T], None] | None = None) -> T:
        """Do `work` in one transaction; when it is durable, tell `told` and everybody who listens.

        Whoever listens is told also when the caller is canceled meanwhile (a client that hangs up):
        what is durable has to be carried out.

        Raises:
            StoreUnavailableError: nothing was kept.
            Exception: whatever `work` raises; nothing was kept.
        """

        def in_transaction(transaction: Transaction) -> tuple[T, list[Decided]]:
            ledger = Ledger(transaction, self.clock())
            result = work(ledger)
            if self._outbox:
                ledger.call_engine()
            return result, ledger.decided

        def durable(made: tuple[T, list[Decided]]) -> None:
            if told is not None:
                told(made[0])
            self.publish(made[1])

        result, _ = await self.store.write(in_transaction, durable)
        return result

    async def accept(self, work: Callable[[Ledger], int]) -> int:
        """As `make`, for work that enters a task and gives its id.

        Where there is a free place the task is accepted and started in one: what waits for nothing
        need not wait for two commits.
        """
        place = self._reserve() if self._reserve is not None else None
        if place is None:
            return await self.make(work)
        return await asyncio.shield(asyncio.ensure_future(self._started(work, place)))

    async def _started(self, work: Callable[[Ledger], int], place: Reservation) -> int:
        def accepted(ledger: Ledger) -> int:
            task_id = work(ledger)
            place.claim(ledger, task_id)
            return task_id

        try:
            return await self.make(accepted)
        finally:
            place.settle()

    async def happen(self, task_id: int, happening: Happening) -> None:
        """Decide what follows from `happening` for a task.

        Raises:
            NotFoundError: there is no such task.
            StaleClaimError: a worker reports about what is no longer its own.
            StoreUnavailableError: nothing was kept.
        """
        await self.make(lambda ledger: ledger.happen(task_id, happening))

    def publish(self, decided: list[Decided]) -> None:
        """Tell everybody who listens."""
        reach(Failpoint.DECISION_DURABLE)
        for one in decided:
            for listener in self._listeners:
                self._tell(listener, one)

    def _tell(self, listener: Listener, one: Decided) -> None:
        """What is durable is kept from nobody because a listener fails."""
        try:
            listener(one)
        except Exception:  # noqa: BLE001 - it is logged
            _log.exception("a decision about task %s was not followed", one.task.id)
