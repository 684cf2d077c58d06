"""Looks from time to time whether the database may still be used side by side with others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tasktrail.errors import StoreUnavailableError

if TYPE_CHECKING:
    from tasktrail.store.held_lock import HeldLock

LOOK_EVERY = 2.0

_log = logging.getLogger(__name__)


async def watch_shared_use(lock: HeldLock, taken_over: Callable[[], Awaitable[None]]) -> None:
    """Take the lock again whenever it was lost with its connection; await `taken_over`, at last,
    when an engine owns the database meanwhile."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if await asyncio.to_thread(lock.held):
            continue
        try:
            if not await asyncio.to_thread(lock.take):
                break
        except StoreUnavailableError:
            continue
        _log.warning("the connection that shares the database was lost, and made again")
    _log.critical("an embedded engine has taken the database over: this process stops")
    await taken_over()
