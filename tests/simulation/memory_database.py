"""A database in memory that outlives engines, and refuses what it is told to refuse."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from tasktrail.store.migrate import upgrade


class MemoryDatabase:
    """One database, brought back to its empty beginning for each schedule.

    SQLAlchemy keeps what it has compiled, so that a new schedule starts at once.
    """

    def __init__(self) -> None:
        self.sqlite = _Connection(":memory:", isolation_level=None, cached_statements=256)
        engine = create_engine(
            "sqlite://",
            creator=lambda: self.sqlite,
            poolclass=StaticPool,
            isolation_level="AUTOCOMMIT",
        )
        self.connection: Connection = engine.connect()
        upgrade(self.connection)
        self._empty = self.sqlite.serialize()

    def begin_anew(self) -> None:
        """Forget everything."""
        self.sqlite.refuse_after = None
        self.sqlite.deserialize(self._empty)
        self.sqlite.execute("PRAGMA foreign_keys=ON")

    def refuse_after(self, statements: int, times: int) -> None:
        """Let the disk fail after some more statements, `times` times in a row."""
        self.sqlite.refuse_after = statements
        self.sqlite.refusals = times

    def work_again(self) -> None:
        """Refuse nothing any more."""
        self.sqlite.refuse_after = None


class _Connection(sqlite3.Connection):
    refuse_after: int | None = None
    refusals = 0

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        return self.cursor().executemany(sql, parameters)

    def check(self, statement: str) -> None:
        if self.refuse_after is None or statement.startswith("ROLLBACK"):
            return
        if self.refuse_after > 0:
            self.refuse_after -= 1
            return
        self.refusals -= 1
        if self.refusals <= 0:
            self.refuse_after = None
        raise sqlite3.OperationalError("disk I/O error")


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._check(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._check(sql)
        return super().executemany(sql, parameters)

    def _check(self, statement: str) -> None:
        assert isinstance(self.connection, _Connection)
        self.connection.check(statement)
