"""How it stands with the database: whether it is whole, and how much is in it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from tasktrail.store.tables import lock_claims, tasks

SQLITE_VERSION = sqlite3.sqlite_version
"""Of the library that this process has loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How many of what there are. A lock is waited for once by each who wants it."""

    tasks: int
    live_tasks: int
    held_locks: int
    awaited_locks: int


def holdings(connection: Connection) -> Holdings:
    """Count what the database holds."""
    granted = lock_claims.c.granted_at
    total, live = connection.execute(
        select(func.count(), func.count().filter(tasks.c.ended_at.is_(None))).select_from(tasks)
    ).one()
    held, awaited = connection.execute(
        select(func.count(granted), func.count().filter(granted.is_(None))).select_from(lock_claims)
    ).one()
    return Holdings(tasks=total, live_tasks=live, held_locks=held, awaited_locks=awaited)


def damage(connection: Connection) -> str | None:
    """What is wrong with the database; None when it is whole.

    PostgreSQL sees to that itself: there it is only asked whether it answers.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT 1")
        return None
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return None if found == "ok" else found
