"""How connections to an SQLite file are set up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool, StaticPool

from tasktrail.errors import StoreUnavailableError
from tasktrail.store.sealed_tasks import CACHE_OPTION
from tasktrail.store.set_cache import SetCache

OLDEST = (3, 35, 0)
"""UPDATE ... FROM came with SQLite 3.33, RETURNING with 3.35."""


def refuse_old_library() -> None:
    """Have a good error at the start instead of a statement that is refused one day.

    Raises:
        StoreUnavailableError: the SQLite that Python was linked with does not know our statements.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise StoreUnavailableError(
            f"SQLite {oldest} or newer is needed, and this Python has {sqlite3.sqlite_version}"
        )


def writing_engine(path: Path, busy_timeout: float) -> Engine:
    """For the one connection that writes: durable with every commit."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path,
            timeout=busy_timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
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
        "sqlite://",
        creator=connect,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error must not show secrets
    )


def reading_engine(path: Path, busy_timeout: float, connections: int) -> Engine:
    """For connections that cannot write, whatever is asked of them."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=busy_timeout,
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
        pool_size=connections,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        execution_options={CACHE_OPTION: SetCache()},
    )
