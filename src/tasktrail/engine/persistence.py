"""Going on when the store is away: what has happened must be written down, however late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tasktrail.errors import StoreUnavailableError

T = TypeVar("T")

_log = logging.getLogger(__name__)

FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0


async def persistently(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` until the store takes it; the waits between the tries grow to 5 s."""
    wait = FIRST_WAIT
    while True:
        try:
            return await work()
        except StoreUnavailableError as error:
            _log.warning("the store is not available (%s); trying again in %.1f s", error, wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
