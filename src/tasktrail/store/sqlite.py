"""SQLite: one writer thread that commits groups of transactions, and read-only readers.

Up to 3.51.2 SQLite can corrupt a WAL database when two connections write or checkpoint at once, so
one process owns the file, one connection of it writes and alone checkpoints, readers cannot write,
and memory mapping stays off.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from tasktrail.errors import StoreUnavailableError
from tasktrail.model.state import TaskState
from tasktrail.store.ids import CountedIds
from tasktrail.store.migrate import upgrade
from tasktrail.store.states import KeptStates, load_state
from tasktrail.store.transaction import Transaction
from tasktrail.store.writes import PendingWrites

T = TypeVar("T")

GROUP_SIZE = 256
"""Transactions that are committed together at most."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a foreign lock on the database before a write is refused."""

_READERS = 2


class SqliteStore:
    """A store in one SQLite file that this process owns."""

    def __init__(self, path: Path) -> None:
        """Open the database, creating and migrating it as needed.

        Raises:
            StoreUnavailableError: it cannot be opened or migrated.
        """
        self._engine = _writing_engine(path)
        self._read_engine = _reading_engine(path)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        try:
            self._connection = self._engine.connect()
            upgrade(self._connection)
            self._ids = CountedIds(self._connection)
        except DBAPIError as error:
            raise StoreUnavailableError(_reason(error)) from error
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._writer = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Store.write`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Waiting(work, future, loop))
        return await future

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._answer, query)

    async def aclose(self) -> None:
        """See `Store.aclose`. Readers go first, so that the writer does the last checkpoint."""
        await asyncio.to_thread(self._readers.shutdown)
        self._read_engine.dispose()
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        self._connection.close()
        self._engine.dispose()

    def _answer(self, query: Callable[[Connection], T]) -> T:
        try:
            with self._read_engine.connect() as connection:
                return query(connection)
        except DBAPIError as error:
            raise StoreUnavailableError(_reason(error)) from error

    def _serve(self) -> None:
        states = KeptStates()
        last = False
        while not last:
            group: list[_Waiting] = []
            first = self._waiting.get()
            last = first is None
            if first is not None:
                group.append(first)
            while len(group) < GROUP_SIZE and not last:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                last = more is None
                if more is not None:
                    group.append(more)
            if group:
                _Group(self._connection, self._ids, states).commit(group)


@dataclass(slots=True)
class _Waiting:
    """A transaction that waits for the writer, and then its answer."""

    work: Callable[[Transaction], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _Group:
    """Transactions that share one commit. One that fails leaves no trace in it."""

    def __init__(self, connection: Connection, ids: CountedIds, states: KeptStates) -> None:
        self.ids = ids
        self._connection = connection
        self._states = states
        self._writes = PendingWrites()
        self._touched: set[int] = set()
        self._in_savepoint = False

    def commit(self, group: list[_Waiting]) -> None:
        try:
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            for waiting in group:
                self._attempt(waiting)
            self._writes.flush(self._connection)
            self._connection.exec_driver_sql("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to every caller of the group
            self._give_up(group, error)
        else:
            self._forget_ended()
        _answer_all(group)

    def state(self, task_id: int) -> TaskState:
        state = self._states.get(task_id)
        if state is None:
            self._writes.flush(self._connection)
            state = load_state(self._connection, task_id)
            self._states.keep(state)
        return state

    def keep(self, state: TaskState) -> None:
        self._states.keep(state)

    def connection(self, writes: PendingWrites) -> Connection:
        if not self._in_savepoint:
            self._writes.flush(self._connection)
            self._connection.exec_driver_sql("SAVEPOINT work")
            self._in_savepoint = True
        writes.flush(self._connection)
        return self._connection

    def _attempt(self, waiting: _Waiting) -> None:
        transaction = Transaction(self)
        try:
            waiting.result = waiting.work(transaction)
            if self._in_savepoint:
                # What a guard refuses belongs to this transaction, not to the whole group.
                transaction.writes.flush(self._connection)
                self._connection.exec_driver_sql("RELEASE work")
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - it goes to the caller of this transaction
            waiting.error = error
            if self._in_savepoint:
                self._connection.exec_driver_sql("ROLLBACK TO work")
                self._connection.exec_driver_sql("RELEASE work")
            for task_id in transaction.touched:
                self._states.drop(task_id)
        else:
            self._writes.merge(transaction.writes)
        finally:
            self._in_savepoint = False
            self._touched |= transaction.touched

    def _give_up(self, group: list[_Waiting], error: Exception) -> None:
        self._states.clear()
        with suppress(DBAPIError, sqlite3.Error):
            self._connection.exec_driver_sql("ROLLBACK")
        refused = StoreUnavailableError(_reason(error)) if isinstance(error, DBAPIError) else error
        for waiting in group:
            waiting.error = waiting.error or refused

    def _forget_ended(self) -> None:
        for task_id in self._touched:
            state = self._states.get(task_id)
            if state is not None and state.task.status.final:
                self._states.drop(task_id)


def _answer_all(group: list[_Waiting]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
    for waiting in group:
        by_loop.setdefault(waiting.loop, []).append(waiting)
    for loop, waiting_there in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
            loop.call_soon_threadsafe(_answer_each, waiting_there)


def _answer_each(group: list[_Waiting]) -> None:
    for waiting in group:
        waiting.answer()


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"the database did not take it: {cause}"


def _writing_engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "mmap_size=0",
            "cache_size=-32768",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    return create_engine(
        "sqlite://", creator=connect, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
    )


def _reading_engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA mmap_size=0")
        return connection

    return create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=_READERS,
        isolation_level="AUTOCOMMIT",
    )
