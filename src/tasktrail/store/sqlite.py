"""SQLite: one writer thread that commits groups of transactions, and read-only readers.

Up to 3.51.2 SQLite can corrupt a WAL database when two connections write or checkpoint at once, so
one process owns the file, one connection of it writes and alone checkpoints, readers cannot write,
and memory mapping stays off.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.store.group_commit import GroupCommit, Waiting, refusal
from tasktrail.store.ids import CountedIds
from tasktrail.store.migrate import upgrade
from tasktrail.store.sqlite_connections import reading_engine, refuse_old_library, writing_engine
from tasktrail.store.task_news import newest_event
from tasktrail.store.transaction import Transaction

T = TypeVar("T")

GROUP_SIZE = 256
"""Transactions that are committed together at most."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a foreign lock on the database before a write is refused."""

_READERS = 2


class SqliteStore:
    """A store in one SQLite file that this process owns."""

    def __init__(self, path: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Open the database, creating and migrating it as needed.

        `busy_timeout` is how many seconds a write waits for a foreign lock before it is refused.

        Raises:
            StoreUnavailableError: it cannot be opened or migrated, or SQLite is too old.
        """
        refuse_old_library()
        self._engine = writing_engine(path, busy_timeout)
        self._read_engine = reading_engine(path, busy_timeout, _READERS)
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._closed = False
        try:
            self._connection = self._engine.connect()
            upgrade(self._connection)
            self._commits = GroupCommit(self._connection, CountedIds(self._connection))
        except StoreUnavailableError:
            self._engine.dispose()
            raise
        except DBAPIError as error:
            self._engine.dispose()
            raise refusal(error) from error
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._writer = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._writer.start()

    async def write(
        self, work: Callable[[Transaction], T], told: Callable[[T], None] | None = None
    ) -> T:
        """See `Store.write`."""
        self._check_open()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(Waiting(work, future, loop, told))
        return await future

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._answer, query)

    async def settled_event(self) -> int:
        """See `Store.settled_event`: here entries are numbered as they are committed."""
        return await self.read(newest_event)

    async def aclose(self) -> None:
        """See `Store.aclose`. Readers go first, so that the writer does the last checkpoint."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._readers.shutdown)
        self._read_engine.dispose()
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        reach(Failpoint.STORE_CLOSING)
        self._connection.close()
        self._engine.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")

    def _answer(self, query: Callable[[Connection], T]) -> T:
        try:
            with self._read_engine.connect() as connection:
                # All statements of a query see the same state of the database.
                connection.exec_driver_sql("BEGIN")
                try:
                    return query(connection)
                finally:
                    connection.exec_driver_sql("ROLLBACK")
        except DBAPIError as error:
            raise refusal(error) from error

    def _serve(self) -> None:
        last = False
        while not last:
            group, last = self._next_group()
            if group:
                self._commits.commit(group)
                _answer_all(group)

    def _next_group(self) -> tuple[list[Waiting], bool]:
        """What waits now, at least one; and whether the store is being closed."""
        waiting = self._waiting.get()
        group: list[Waiting] = []
        while waiting is not None:
            group.append(waiting)
            if len(group) == GROUP_SIZE:
                return group, False
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True


def _answer_all(group: list[Waiting]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Waiting]] = {}
    for waiting in group:
        by_loop.setdefault(waiting.loop, []).append(waiting)
    for loop, waiting_there in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
            loop.call_soon_threadsafe(_answer_each, waiting_there)


def _answer_each(group: list[Waiting]) -> None:
    for waiting in group:
        waiting.answer()
