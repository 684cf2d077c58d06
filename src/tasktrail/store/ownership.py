"""Who is the only engine of a PostgreSQL database, and how it learns that it is so no more."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import StoreUnavailableError

OWNER = "tasktrail engine"
"""The name of the lock. Who has it alone owns the database; who share it work side by side."""

_OWNER = f"hashtextextended('{OWNER}', 0)"
_WRITES = "hashtextextended('tasktrail engine writes', 0)"


class NotOwnerError(Exception):
    """The lock that makes an engine the owner was lost, and nothing may be written."""


class Ownership:
    """An advisory lock, held by a connection of its own for as long as that lives.

    The connection may be cut at any time, and another engine own the database a moment later. So
    every transaction that writes first shares a second lock, and then looks whether the first is
    still held. A new owner has the second lock for itself for a moment before it does anything:
    what the old owner has begun is over by then, and what that begins later finds itself refused.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._token = 0
        """The key of a lock that only this ownership has, by which it is found."""
        self._taking = threading.Lock()
        self.times_taken = 0
        self.taken_over = False
        """Whether another engine had the database when this one had lost it."""

    def take(self) -> bool:
        """Become the owner; false when somebody else is.

        Raises:
            DBAPIError: the database cannot be reached.
        """
        token = secrets.randbits(63)
        connection = self._engine.connect()
        try:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            owns = bool(_asked(connection, f"pg_try_advisory_lock({_OWNER})"))
            if owns:
                _asked(connection, f"pg_advisory_lock({_WRITES})")
                _asked(connection, f"pg_advisory_unlock({_WRITES})")
                _asked(connection, f"pg_advisory_lock({token})")
        except BaseException:
            _drop(connection)
            raise
        if not owns:
            connection.close()
            return False
        self._connection, self._token = connection, token
        self.times_taken += 1
        return True

    def confirm(self, connection: Connection) -> None:
        """Begin a transaction that may write only as long as this is the owner. Nothing is asked
        of a store that never was to be owned.

        Raises:
            NotOwnerError: it is not, any more.
        """
        if not self.times_taken:
            return
        high, low = divmod(self._token, 1 << 32)
        held = (
            "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"  # noqa: S608 - numbers of ours
            f" AND classid::bigint = {high} AND objid::bigint = {low})"
            f" FROM (SELECT pg_advisory_xact_lock_shared({_WRITES})) AS begun"
        )
        if not _asked(connection, held):
            raise NotOwnerError

    def take_again(self, times_taken: int) -> None:
        """Become the owner once more, unless another thread did since it was the owner for the
        `times_taken`th time.

        Raises:
            StoreUnavailableError: another engine owns the database by now.
            DBAPIError: the database cannot be reached.
        """
        with self._taking:
            if self.times_taken != times_taken:
                return
            self.close()
            if self.taken_over or not self.take():
                self.taken_over = True
                raise StoreUnavailableError("another engine has taken the database over")

    def release(self) -> None:
        """Give the ownership up, so that the next owner need not wait for the connection's end."""
        if self._connection is not None:
            with suppress(DBAPIError):
                _asked(self._connection, f"pg_advisory_unlock({_OWNER})")
        self.close()

    def close(self) -> None:
        """End the connection, and the ownership with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            _drop(connection)


def _asked(connection: Connection, expression: str) -> object:
    return connection.exec_driver_sql(f"SELECT {expression}").scalar_one()


def _drop(connection: Connection) -> None:
    """Close it for good: its locks must not go back into the pool with it."""
    with suppress(DBAPIError):
        connection.invalidate()
    connection.close()
