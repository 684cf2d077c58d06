"""Closes support access when its time is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from tasktrail.actions.identity.support import SupportAccess
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.instant import Instant, seconds_between

_log = logging.getLogger(__name__)

_LONGEST_WAIT = 3600.0
"""Seconds: a clock may be set meanwhile."""

_BEFORE_NEXT_TRY = 5.0
"""Seconds, when it could not be closed, such as without a store."""


class SupportUpkeep:
    """Waits for the next end of support access; nothing polls."""

    def __init__(self, support: SupportAccess, clock: Callable[[], Instant]) -> None:
        self._support = support
        self._clock = clock
        self._opened = asyncio.Event()
        support.subscribe(self._opened.set)

    def look_again(self) -> None:
        """Something may have been opened."""
        self._opened.set()

    async def run(self) -> None:
        """Close what is over, for as long as the engine works."""
        while True:
            self._opened.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(await self._close()):
                    await self._opened.wait()

    async def _close(self) -> float:
        """Close what is over now; how many seconds to wait for more."""
        try:
            due = await self._support.expire()
        except StoreUnavailableError as error:
            _log.warning("support access that is over was not closed yet: %s", error)
            return _BEFORE_NEXT_TRY
        except Exception:  # noqa: BLE001 - a defect of ours must not leave access open for ever
            _log.exception("support access that is over was not closed yet")
            return _BEFORE_NEXT_TRY
        if due is None:
            return _LONGEST_WAIT
        return min(_LONGEST_WAIT, max(0.0, seconds_between(self._clock(), due)))
