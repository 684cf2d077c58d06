"""Up to which entry of all histories nothing is still to come, on PostgreSQL.

Transactions there write at the same time, and each entry gets its id before it is committed: one
with a lower id may become visible after one with a higher. Who goes from entry to entry would pass
it over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text

from tasktrail.store.task_news import newest_event

T = TypeVar("T")

_log = logging.getLogger(__name__)

_BETWEEN_LOOKS = 0.005
"""Seconds; most transactions last no longer."""

PATIENCE = 10.0
"""Seconds that an open transaction is waited for: one that is left lying must not silence all."""


class Reading(Protocol):
    """Asks the database."""

    def __call__(self, query: Callable[[Connection], T], /) -> Awaitable[T]:
        """The answer to a query, in a transaction of its own."""
        ...


class EventHorizon:
    """Waits for the transactions that may still bring an entry.

    Whoever draws an id for an entry has locked the table before, and keeps that lock until its
    entries are visible or gone (`INSERT` takes ROW EXCLUSIVE, PostgreSQL 13.3.1). So whatever is
    below an id is settled once those who had the lock when the id was seen have let go of it.
    """

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._given_up: frozenset[str] = frozenset()

    async def settled(self) -> int:
        """The newest entry of now, as soon as all before it are visible, or never will be."""
        newest, writers = await self._read(_newest_and_writers)
        self._given_up &= writers
        waited_for = writers - self._given_up
        try:
            async with asyncio.timeout(PATIENCE):
                while waited_for:
                    await asyncio.sleep(_BETWEEN_LOOKS)
                    waited_for &= await self._read(_writers)
        except TimeoutError:
            _log.warning(
                "a transaction on the records has been open for %g s: live streams go on without"
                " what it writes",
                PATIENCE,
            )
            self._given_up |= waited_for
        return newest


def _newest_and_writers(connection: Connection) -> tuple[int, frozenset[str]]:
    """In this order: whoever has drawn a lower id than that has the lock by now, or had it."""
    return newest_event(connection), _writers(connection)


def _writers(connection: Connection) -> frozenset[str]:
    found = connection.execute(
        text(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted"
            " AND mode = 'RowExclusiveLock' AND relation = 'events'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )
    return frozenset(found.scalars())
