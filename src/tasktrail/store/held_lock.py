"""A lock of a PostgreSQL database that a process holds for as long as it works."""

from __future__ import annotations

import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import StoreUnavailableError

_KEEP_ALIVE = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
"""The server lets go of the locks of a machine that is gone in seconds, not in hours."""


class HeldLock:
    """An advisory lock, held by a connection of its own; `shared` by many, or held by one.

    It is lost with its connection, and says so when it is asked. All of it blocks.
    """

    def __init__(self, engine: Engine, name: str, *, shared: bool = False) -> None:
        self._engine = engine
        self._name = name
        self._shared = shared
        self._connection: Connection | None = None
        self._closed = False
        self._one_at_a_time = threading.Lock()

    def take(self) -> bool:
        """Hold it; false when somebody holds it in a way that does not allow that, or when it is
        closed.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """
        with self._one_at_a_time:
            self._drop()
            if self._closed:
                return False
            try:
                taken = self._taken()
            except DBAPIError as error:
                self._drop()
                raise StoreUnavailableError(f"no lock could be taken: {error.orig}") from error
            if not taken:
                self._drop()
            return taken

    def held(self) -> bool:
        """Whether it is still held."""
        with self._one_at_a_time:
            if self._connection is None:
                return False
            try:
                self._connection.exec_driver_sql("SELECT 1")
            except DBAPIError:
                self._drop()
                return False
            return True

    def close(self) -> None:
        """Let others have it, for good."""
        with self._one_at_a_time:
            self._closed = True
            if self._connection is not None:
                # The server may take its time to see that the connection is gone.
                with suppress(DBAPIError):
                    self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            self._drop()

    def _taken(self) -> bool:
        self._connection = connection = self._engine.connect()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for setting in _KEEP_ALIVE:
            connection.exec_driver_sql(setting)
        kind = "_shared" if self._shared else ""
        taking = f"SELECT pg_try_advisory_lock{kind}(hashtextextended(%s, 0))"
        return bool(connection.exec_driver_sql(taking, (self._name,)).scalar_one())

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # Closed for good: the lock must not go back into the pool with it.
        with suppress(DBAPIError):
            connection.invalidate()
        connection.close()
