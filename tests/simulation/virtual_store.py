"""A store without threads: real transactions on a real database, in an order left to chance."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from random import Random
from typing import TypeVar

from sqlalchemy import Connection

from simulation.memory_database import MemoryDatabase
from simulation.virtual_loop import VirtualLoop
from tasktrail.errors import StoreUnavailableError
from tasktrail.store.group_commit import GroupCommit, Waiting
from tasktrail.store.ids import CountedIds
from tasktrail.store.task_news import newest_event
from tasktrail.store.transaction import Transaction

T = TypeVar("T")


class VirtualStore:
    """Does what `SqliteStore` does: groups share a commit, what was committed first is answered
    first, and reads come at any time between commits.

    `trouble` is how likely the disk refuses something of a commit, or a read.
    """

    def __init__(
        self,
        database: MemoryDatabase,
        loop: VirtualLoop,
        chance: Random,
        *,
        trouble: float,
        committed: Callable[[list[Waiting]], None],
        met: Counter[str],
    ) -> None:
        self._database = database
        self._loop = loop
        self._chance = chance
        self._trouble = trouble
        self._committed = committed
        self._met = met
        self._waiting: list[Waiting] = []
        self._answers: deque[list[Waiting]] = deque()
        self._closed = False
        self._drained = asyncio.Event()
        self.commits = GroupCommit(database.connection, CountedIds(database.connection))

    async def write(
        self, work: Callable[[Transaction], T], told: Callable[[T], None] | None = None
    ) -> T:
        """See `Store.write`."""
        self._check_open()
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append(Waiting(work, future, self._loop, told))
        if len(self._waiting) == 1:
            self._loop.outside(self._commit)
        return await future

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        self._check_open()
        return await self._loop.run_in_executor(None, self._answer, query)

    async def settled_event(self) -> int:
        """See `Store.settled_event`."""
        return await self.read(newest_event)

    async def aclose(self) -> None:
        """See `Store.aclose`."""
        self._closed = True
        if self._waiting or self._answers:
            await self._drained.wait()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")

    def _commit(self) -> None:
        count = self._chance.randint(1, len(self._waiting))
        group = [
            self._waiting.pop(0 if self._chance.random() < 0.8 else self._chance.randrange(left))
            for left in range(len(self._waiting), len(self._waiting) - count, -1)
        ]
        if self._waiting:
            self._loop.outside(self._commit)
        if self._chance.random() < self._trouble:
            self._database.refuse_after(self._chance.randrange(30), self._chance.randint(1, 3))
        self.commits.commit(group)
        self._database.work_again()
        self._met["commits"] += 1
        self._met["transactions"] += count
        self._met["transactions refused"] += sum(
            isinstance(waiting.error, StoreUnavailableError) for waiting in group
        )
        self._committed(group)
        self._answers.append(group)
        self._loop.outside(self._answer_first)

    def _answer_first(self) -> None:
        for waiting in self._answers.popleft():
            waiting.answer()
        if self._closed and not self._waiting and not self._answers:
            self._drained.set()

    def _answer(self, query: Callable[[Connection], T]) -> T:
        if self._chance.random() < self._trouble / 4:
            raise StoreUnavailableError("the database did not answer")
        return query(self._database.connection)
