"""PostgreSQL: a pool of connections, one transaction a call, the task's row locked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import CommitUnknownError, StoreUnavailableError
from tasktrail.model.state import TaskState
from tasktrail.model.task import Task
from tasktrail.store.event_horizon import EventHorizon
from tasktrail.store.held_lock import HeldLock
from tasktrail.store.idle_connections import ask_idle_connections
from tasktrail.store.ids import SequenceIds
from tasktrail.store.migrate import upgrade
from tasktrail.store.ownership import OWNER, NotOwnerError, Ownership
from tasktrail.store.sealed_tasks import CACHE_OPTION
from tasktrail.store.set_cache import SetCache
from tasktrail.store.statements import Batch, Execute, Statement
from tasktrail.store.states import STATES_OPTION, lock_task, read_state
from tasktrail.store.transaction import Transaction
from tasktrail.store.versioned_states import Version, VersionedStates
from tasktrail.store.writes import PendingWrites

T = TypeVar("T")

_CONNECTIONS = 8
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, and a unique key that somebody else took at the same time: done
again, the work finds what the other one made."""
_TRIES = 10


class PostgresqlStore:
    """A store in a PostgreSQL database, shared with other processes."""

    def __init__(self, url: str) -> None:
        """Connect, creating and migrating the tables as needed.

        Raises:
            StoreUnavailableError: the database cannot be reached or migrated.
        """
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=_CONNECTIONS,
            max_overflow=2,  # the connections that hold locks
            hide_parameters=True,  # an error must not show secrets
        )
        ask_idle_connections(self._engine)
        self._states = VersionedStates()
        # All statements of a query see the same state of the database, and none of them writes.
        self._read_engine = self._engine.execution_options(
            isolation_level="REPEATABLE READ",
            postgresql_readonly=True,
            **{CACHE_OPTION: SetCache(), STATES_OPTION: self._states},
        )
        self._closed = False
        self._horizon = EventHorizon(self.read)
        self.ownership = Ownership(self._engine)
        self.in_doubt: Callable[[frozenset[int]], None] = lambda _: None
        """Told, in the event loop, of tasks with a change whose commit was not answered."""
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_advisory_xact_lock(hashtextextended('tasktrail migrations', 0))"
                )
                upgrade(connection)
        except StoreUnavailableError:
            self._engine.dispose()
            raise
        except DBAPIError as error:
            self._engine.dispose()
            raise _unavailable(error) from error
        self._threads = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="store")

    def own(self) -> bool:
        """Become the only engine that works on this database, until the store is closed.

        Two of them would settle each other's running work as lost. When the ownership is lost with
        its connection, the next write takes it again, or is refused where somebody else has it.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """
        try:
            return self.ownership.take()
        except DBAPIError as error:
            raise _unavailable(error) from error

    def shared_use(self) -> HeldLock:
        """The lock of those who work on this database side by side, while no engine owns it."""
        return HeldLock(self._engine, OWNER, shared=True)

    def upkeep_lock(self) -> HeldLock:
        """The lock of the one among them who does what is to be done once."""
        return HeldLock(self._engine, "tasktrail upkeep")

    async def write(
        self, work: Callable[[Transaction], T], told: Callable[[T], None] | None = None
    ) -> T:
        """See `Store.write`."""
        self._check_open()
        begun = asyncio.get_running_loop().run_in_executor(self._threads, self._write, work)
        return await asyncio.shield(asyncio.ensure_future(self._finished(begun, told)))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, query)

    async def settled_event(self) -> int:
        """See `Store.settled_event`."""
        return await self._horizon.settled()

    async def aclose(self) -> None:
        """See `Store.aclose`."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self.ownership.release)
        self._engine.dispose()

    async def _finished(self, begun: asyncio.Future[T], told: Callable[[T], None] | None) -> T:
        try:
            result = await begun
        except CommitUnknownError as error:
            self.in_doubt(error.task_ids)
            raise
        if told is not None:
            told(result)
        return result

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError("the store is closed")

    def _write(self, work: Callable[[Transaction], T]) -> T:
        for tries_left in reversed(range(_TRIES)):
            owned = self.ownership.times_taken
            try:
                return self._write_once(work)
            except NotOwnerError:
                self._own_again(owned)
            except DBAPIError as error:
                if not tries_left or not _worth_another_try(error):
                    raise _unavailable(error) from error
            except StopIteration as error:  # futures do not take it
                raise RuntimeError(f"work raised {error!r}") from error
        raise StoreUnavailableError("the ownership of the database is lost again and again")

    def _own_again(self, owned: int) -> None:
        try:
            self.ownership.take_again(owned)
        except DBAPIError as error:
            raise _unavailable(error) from error

    def _write_once(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            self.ownership.confirm(connection)
            unit = _Alone(connection, self._states)
            transaction = Transaction(unit)
            result = work(transaction)
            transaction.writes.flush(_executing(connection))
            _commit(connection, transaction)
            unit.committed()
            return result

    def _read(self, query: Callable[[Connection], T]) -> T:
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._read_engine.connect() as connection:
                    return query(connection)
            except DBAPIError as error:
                if not tries_left or not error.connection_invalidated:
                    raise _unavailable(error) from error
        raise AssertionError("the last try returns or raises")


class _Alone:
    """A transaction with a connection of its own; states are read with their row locked, or are
    copies of those that are `kept`."""

    def __init__(self, connection: Connection, kept: VersionedStates) -> None:
        self.ids = SequenceIds(connection)
        self._connection = connection
        self._kept = kept
        self._states: dict[int, TaskState] = {}
        self._read: dict[int, tuple[Version, Task]] = {}
        """The tasks that were there before, as they were."""
        self._own: str | None = None

    def state(self, task_id: int) -> TaskState:
        if task_id not in self._states:
            version, self._own = lock_task(self._connection, task_id)
            kept = self._kept.find(task_id, version)
            state = read_state(self._connection, task_id) if kept is None else kept.copy()
            self._states[task_id] = state
            self._read[task_id] = version, state.task
        return self._states[task_id]

    def committed(self) -> None:
        """Keep the states as they are stored now."""
        own = self._own or self.ids.transaction
        for task_id, state in self._states.items():
            version, before = self._read.get(task_id, (None, None))
            if state.task is not before:
                version = None if own is None else Version(own, state.task.updated_at)
            if version is not None:
                self._kept.keep(state, version)

    def keep(self, state: TaskState) -> None:
        self._states[state.task.id] = state

    def connection(self, writes: PendingWrites) -> Connection:
        writes.flush(_executing(self._connection))
        return self._connection


def _commit(connection: Connection, transaction: Transaction) -> None:
    try:
        connection.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise CommitUnknownError(
            f"the database did not say whether it took it: {error.orig}",
            frozenset(transaction.touched),
        ) from error


def _executing(connection: Connection) -> Execute:
    """Sends everything at once, and waits once for all of the answers."""

    def execute(batch: Batch) -> list[int]:
        if not connection.in_transaction():
            connection.begin()
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        cursors: list[psycopg.Cursor[Any]] = []
        try:
            with driver.pipeline():
                for statement, rows in batch:
                    cursors.append(driver.cursor())
                    cursors[-1].executemany(_text(statement), rows)
        except psycopg.Error as error:
            raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error
        return [cursor.rowcount for cursor in cursors]

    return execute


@cache
def _text(statement: Statement) -> bytes:
    return statement.for_rows(1).replace("?", "%s").encode()


def _worth_another_try(error: DBAPIError) -> bool:
    """Whether the work was refused for what others did meanwhile, or came to nothing as its
    connection had been cut before."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _AGAIN


def _unavailable(error: DBAPIError) -> StoreUnavailableError:
    return StoreUnavailableError(f"the database did not take it: {error.orig}")
