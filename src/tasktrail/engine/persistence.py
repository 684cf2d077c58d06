"""Going on when the store is away: what has happened must be written down, however late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from tasktrail.errors import StoreUnavailableError

T = TypeVar("T")

_log = logging.getLogger(__name__)

FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0


class Persistence:
    """Does work until the store takes it, or until its engine leaves."""

    def __init__(self) -> None:
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """From now on everything is tried once more at most: the next life settles what is left."""
        self._leaving.set()

    async def until_taken(
        self,
        work: Callable[[], Awaitable[T]],
        ends_with: Callable[[StoreUnavailableError], bool] = lambda _error: False,
    ) -> T:
        """Do `work` again and again; the waits between the tries grow to 5 s. `ends_with` is asked
        after each of them whether it was the last one.

        Raises:
            StoreUnavailableError: the engine leaves, or that was the last try, and the store still
                does not take it.
        """
        wait = FIRST_WAIT
        while True:
            last = self._leaving.is_set()
            try:
                return await work()
            except StoreUnavailableError as error:
                if ends_with(error) or last:
                    raise
                _log.warning("the store is not available (%s); trying again in %.1f s", error, wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), wait)
            wait = min(2 * wait, LONGEST_WAIT)
