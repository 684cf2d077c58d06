"""Moving the records of an installation from SQLite to PostgreSQL, and recording that (M11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tasktrail.actions.ledger import Ledger
from tasktrail.actions.record import Recording, enter_record
from tasktrail.errors import CommitUnknownError, ConflictError, ConnectionLostError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Resource
from tasktrail.store.moving import contents, earlier_move, move_records, row_counts, seize
from tasktrail.store.store import Connection, Store
from tasktrail.store.table_content import TableContent, digest_of
from tasktrail.store.transaction import Transaction

DEFINITION = "migrate-to"
"""The name of the task that says what was moved."""

_INSTALLATION, _DIGEST = "installation", "digest"

Progress = Callable[[int, int], None]
"""Told of the rows that are copied and compared, and of how often that is to be done in all."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What is in the new database, and the task there that says so. `before` says that all of it
    was there already, brought by an earlier command."""

    tables: tuple[TableContent, ...]
    task_id: int
    before: bool = False

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)


class Move:
    """Copies all records into an empty database, in one transaction: as long as that is not over
    there is nothing, whatever ends this process, and after it all of it, compared.

    `identity` is that of the data directory, by which its records are known again. Nobody else may
    write to `source`.
    """

    def __init__(
        self, source: Store, target: Store, identity: str, clock: Callable[[], Instant]
    ) -> None:
        self._source = source
        self._target = target
        self._identity = identity
        self._clock = clock

    async def make(self, actor: Actor, told: Progress) -> Moved:
        """Move everything. When it has been moved already, only compare it with what was moved.

        Raises:
            ConflictError: the database holds something else.
            StoreUnavailableError: it did not take the records; nothing was kept.
            ConnectionLostError: it did not answer the commit. The next try tells.
        """
        loop = asyncio.get_running_loop()
        meter = _Meter(told)

        def move(source: Connection) -> Moved:
            def work(target: Transaction) -> Moved:
                return self._move(source, target, actor, meter)

            return asyncio.run_coroutine_threadsafe(self._target.write(work), loop).result()

        try:
            moved = await self._source.read(move)
        except CommitUnknownError as error:
            raise ConnectionLostError(
                f"{error}; say the same again: it tells whether everything is there"
            ) from error
        finally:
            meter.given_up = True
        reach(Failpoint.MOVE_DURABLE)
        return moved

    def _move(self, source: Connection, target: Transaction, actor: Actor, meter: _Meter) -> Moved:
        there = seize(target.connection)
        meter.begin(sum(row_counts(source).values()), times=1 if there else 2)
        if there:
            return self._found_again(source, target.connection, there, meter)
        tables = move_records(source, target.connection, meter.count)
        moved = Moved(tuple(tables), self._record(target, actor, tables))
        reach(Failpoint.MOVE_RECORDED)
        return moved

    def _found_again(
        self, source: Connection, target: Connection, there: list[str], meter: _Meter
    ) -> Moved:
        """What an earlier command moved from here, if nothing has changed here since."""
        earlier = earlier_move(target, DEFINITION)
        if earlier is None or earlier.resources.get(_INSTALLATION) != self._identity:
            raise ConflictError(
                f"the database is not empty: there are rows in {', '.join(there)}",
                hint="name an empty database",
            )
        tables = contents(source, meter.count)
        if earlier.resources.get(_DIGEST) != digest_of(tables):
            raise ConflictError(
                f"the records were moved there as task {earlier.task_id}, and those here have "
                "changed since",
                hint="name an empty database to move them as they are now",
            )
        return Moved(tuple(tables), earlier.task_id, before=True)

    def _record(self, target: Transaction, actor: Actor, tables: list[TableContent]) -> int:
        rows = sum(table.rows for table in tables)
        recording = Recording(
            name=DEFINITION,
            title=f"Moved {rows} records from SQLite to PostgreSQL",
            resources=(
                Resource(_INSTALLATION, self._identity),
                Resource(_DIGEST, digest_of(tables)),
            ),
        )
        return enter_record(Ledger(target, self._clock()), actor, recording)


class _MoveGivenUpError(Exception):
    """Nobody waits for it any more."""


class _Meter:
    """Counts rows, in the threads that move them."""

    def __init__(self, told: Progress) -> None:
        self.given_up = False
        self._told = told
        self._done = self._total = 0

    def begin(self, rows: int, *, times: int) -> None:
        self._done, self._total = 0, rows * times

    def count(self, rows: int) -> None:
        if self.given_up:
            raise _MoveGivenUpError
        self._done += rows
        self._told(self._done, self._total)
