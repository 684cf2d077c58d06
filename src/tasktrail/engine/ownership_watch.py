"""Looks from time to time whether an engine still owns its PostgreSQL database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tasktrail.errors import StoreUnavailableError
from tasktrail.store.transaction import Transaction

if TYPE_CHECKING:
    from tasktrail.store.postgresql import PostgresqlStore

LOOK_EVERY = 5.0
"""Seconds in which an engine that writes nothing learns that it was replaced."""

_log = logging.getLogger(__name__)


async def watch_ownership(
    store: PostgresqlStore,
    regained: Callable[[], Awaitable[None]],
    taken_over: Callable[[], Awaitable[None]],
) -> None:
    """Await `regained` when the ownership was lost and taken again, and `taken_over`, at last, when
    another engine has it."""
    seen = store.ownership.times_taken
    while not store.ownership.taken_over:
        await asyncio.sleep(LOOK_EVERY)
        with suppress(StoreUnavailableError):
            await store.write(_nothing)
            if store.ownership.times_taken != seen:
                _log.warning("the connection that owns the database was lost, and made again")
                await regained()
                seen = store.ownership.times_taken
    _log.critical("another engine has taken the database over: this one stops")
    await taken_over()


def _nothing(_: Transaction) -> None:
    """A write finds out by itself."""
