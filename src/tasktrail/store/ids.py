"""Ids that were never used before."""

from __future__ import annotations

from sqlalchemy import Connection, text


class CountedIds:
    """For the only writer of an SQLite database: counts on from what AUTOINCREMENT remembers.

    An id that was handed out in a transaction which then failed is not used again in this life, and
    nobody has seen it.
    """

    def __init__(self, connection: Connection) -> None:
        found = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        last = {str(name): int(seq) for name, seq in found}
        self._last = {table: last.get(table, 0) for table in ("tasks", "jobs", "steps")}

    def task(self) -> int:
        """The id of a new task."""
        return self._next("tasks", 1)[0]

    def jobs(self, count: int) -> range:
        """Ids for `count` jobs, ascending."""
        return self._next("jobs", count)

    def steps(self, count: int) -> range:
        """Ids for `count` steps, ascending."""
        return self._next("steps", count)

    def _next(self, table: str, count: int) -> range:
        first = self._last[table] + 1
        self._last[table] += count
        return range(first, first + count)


class SequenceIds:
    """For PostgreSQL: asks the sequences behind the id columns, a block at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.transaction: str | None = None
        """What the version of a task is called that is new in this transaction."""

    def task(self) -> int:
        """The id of a new task."""
        row = self._connection.exec_driver_sql(_NEW_TASK).one()
        self.transaction = row[1]
        return row[0]

    def jobs(self, count: int) -> list[int]:
        """Ids for `count` jobs, ascending."""
        return self._next("jobs", count)

    def steps(self, count: int) -> list[int]:
        """Ids for `count` steps, ascending."""
        return self._next("steps", count)

    def _next(self, table: str, count: int) -> list[int]:
        found = self._connection.exec_driver_sql(_NEXT, (f"{table}_id_seq", count))
        return sorted(found.scalars())


_NEW_TASK = "SELECT nextval('tasks_id_seq'), pg_current_xact_id()::xid::text"
_NEXT = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
