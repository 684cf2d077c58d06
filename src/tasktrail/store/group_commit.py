"""Transactions that share one commit of SQLite, and stand or fall each for itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.state import TaskState
from tasktrail.store.ids import CountedIds
from tasktrail.store.statements import Batch, Statement, Values, in_chunks
from tasktrail.store.states import KeptStates, load_state
from tasktrail.store.transaction import Transaction
from tasktrail.store.writes import PendingWrites


@dataclass(slots=True)
class Waiting:
    """A transaction that waits for the writer, and then its answer."""

    work: Callable[[Transaction], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    told: Callable[[Any], None] | None = None
    result: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        """Hand the answer to who has to be told and to the caller, in the caller's loop."""
        if self.error is None and self.told is not None:
            try:
                self.told(self.result)
            except Exception as error:  # noqa: BLE001 - it goes to the caller
                self.error = error
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):  # futures do not take it
            self.future.set_exception(RuntimeError(f"work raised {self.error!r}"))
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class GroupCommit:
    """Commits groups of transactions on the only connection that writes.

    What every transaction does (BEGIN, the records, COMMIT) goes to SQLite directly: that takes a
    tenth of the time that it takes through SQLAlchemy. The rest shares its connection.
    """

    def __init__(self, connection: Connection, ids: CountedIds) -> None:
        self._connection = connection
        self._database = _database(connection)
        self._ids = ids
        self._states = KeptStates()

    def commit(self, group: list[Waiting]) -> None:
        """Do all of `group` in one commit; each gets its result or its error.

        What one transaction has written may turn out to be refused only when later ones of the
        group are under way. Then nothing of the group is kept, and each is done again alone.
        """
        if not self._commit(group) and len(group) > 1:
            for waiting in group:
                waiting.error = None
                self._commit([waiting])

    def _commit(self, group: list[Waiting]) -> bool:
        """Whether every one has its own answer; else all have the error that ended the commit."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._give_up(group, error)
            return True  # nobody's fault, and another try would wait as long again
        reach(Failpoint.COMMIT_BEGUN)
        unit = _Group(self._connection, self._database, self._ids, self._states)
        try:
            for waiting in group:
                unit.attempt(waiting)
            unit.finish()
        except Exception as error:  # noqa: BLE001 - it goes to the callers
            self._give_up(group, error)
            return False
        return True

    def _give_up(self, group: list[Waiting], error: Exception) -> None:
        self._states.clear()
        with suppress(sqlite3.Error):
            self._database.execute("ROLLBACK")
        for waiting in group:
            waiting.error = refusal(error)


def refusal(error: Exception) -> Exception:
    """What a caller is told of an error: of the database's only that it did not take it."""
    if isinstance(error, DBAPIError):
        return StoreUnavailableError(f"the database did not take it: {error.orig}")
    if isinstance(error, sqlite3.Error):
        return StoreUnavailableError(f"the database did not take it: {error}")
    return error


def _database(connection: Connection) -> sqlite3.Connection:
    """The connection of SQLite's own that is behind one of SQLAlchemy's."""
    database = connection.connection.driver_connection
    assert isinstance(database, sqlite3.Connection)
    return database


class _Group:
    """An open commit. A transaction whose work fails leaves no trace in it."""

    def __init__(
        self,
        connection: Connection,
        database: sqlite3.Connection,
        ids: CountedIds,
        states: KeptStates,
    ) -> None:
        self.ids = ids
        self._connection = connection
        self._database = database
        self._states = states
        self._writes = PendingWrites()
        self._touched: set[int] = set()
        self._in_savepoint = False
        self._refused: Exception | None = None

    def attempt(self, waiting: Waiting) -> None:
        transaction = Transaction(self)
        try:
            waiting.result = waiting.work(transaction)
            if self._in_savepoint:
                # What a guard refuses belongs to this transaction, not to the whole group.
                transaction.writes.flush(self._execute)
                self._database.execute("RELEASE work")
        except (DBAPIError, sqlite3.Error):
            raise
        except BaseException as error:  # noqa: BLE001 - it goes to the caller of this transaction
            waiting.error = error
            if self._in_savepoint:
                self._database.execute("ROLLBACK TO work")
                self._database.execute("RELEASE work")
            for task_id in transaction.touched:
                self._states.drop(task_id)
        else:
            self._writes.merge(transaction.writes)
        finally:
            self._in_savepoint = False
            self._touched.update(transaction.touched)
        if self._refused is not None:
            raise self._refused

    def finish(self) -> None:
        self._writes.flush(self._execute)
        reach(Failpoint.COMMIT_FLUSHED)
        self._database.execute("COMMIT")
        reach(Failpoint.COMMITTED)
        for task_id in self._touched:
            state = self._states.get(task_id)
            if state is not None and state.task.status.final:
                self._states.drop(task_id)

    def state(self, task_id: int) -> TaskState:
        state = self._states.get(task_id)
        if state is None:
            self._flush_earlier()
            state = load_state(self._connection, task_id)
            self._states.keep(state)
        return state

    def keep(self, state: TaskState) -> None:
        self._states.keep(state)

    def connection(self, writes: PendingWrites) -> Connection:
        if not self._in_savepoint:
            self._flush_earlier()
            self._database.execute("SAVEPOINT work")
            self._in_savepoint = True
        writes.flush(self._execute)
        return self._connection

    def _execute(self, batch: Batch) -> list[int]:
        return [self._execute_one(statement, rows) for statement, rows in batch]

    def _execute_one(self, statement: Statement, rows: list[Values]) -> int:
        written = 0
        for chunk in in_chunks(rows):
            values = list(chain.from_iterable(chunk))
            written += self._database.execute(statement.for_rows(len(chunk)), values).rowcount
        return written

    def _flush_earlier(self) -> None:
        """Write what earlier transactions left; a refusal is theirs, not of the one under way."""
        try:
            self._writes.flush(self._execute)
        except Exception as error:
            self._refused = error
            raise
