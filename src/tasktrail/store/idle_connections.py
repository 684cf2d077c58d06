"""Connections of a pool that were idle for a while are asked whether they are still there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

TRUSTED = 1.0
"""Seconds since its last use for which a connection is taken to be there: to ask each time would
cost as much as many a query."""

_USED = "tasktrail used at"


def ask_idle_connections(engine: Engine) -> None:
    """Have the pool ask before it gives a connection away that nobody has used for `TRUSTED`
    seconds, and make new ones once one is gone."""

    def given(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection
    ) -> None:
        used = entry.info.get(_USED)
        # One that is new was answered just now.
        if used is None or time.monotonic() - used < TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    def returned(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = time.monotonic()

    event.listen(engine, "checkout", given)
    event.listen(engine, "checkin", returned)
