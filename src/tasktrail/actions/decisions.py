"""Makes decisions durable, and tells those who act on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tasktrail.actions.ledger import Decided, Ledger
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.happening import Happening
from tasktrail.model.instant import Instant
from tasktrail.store.store import Store
from tasktrail.store.transaction import Transaction

T = TypeVar("T")

Listener = Callable[[Decided], None]
"""Told of each decision after it is durable, in the event loop; must return at once."""


class Decisions:
    """The way by which everything that changes a task goes."""

    def __init__(self, store: Store, clock: Callable[[], Instant]) -> None:
        self.store = store
        self.clock = clock
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Tell `listener` of every decision from now on."""
        self._listeners.append(listener)

    async def make(self, work: Callable[[Ledger], T]) -> T:
        """Do `work` in one transaction; when it is durable, tell everybody who listens.

        Whoever listens is told also when the caller is canceled meanwhile (a client that hangs up):
        what is durable has to be carried out.

        Raises:
            StoreUnavailableError: nothing was kept.
            Exception: whatever `work` raises; nothing was kept.
        """

        def in_transaction(transaction: Transaction) -> tuple[T, list[Decided]]:
            ledger = Ledger(transaction, self.clock())
            return work(ledger), ledger.decided

        result, _ = await self.store.write(in_transaction, lambda made: self.publish(made[1]))
        return result

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
                listener(one)
