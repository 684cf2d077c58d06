"""All that an engine has begun and not ended yet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from tasktrail.errors import StoreUnavailableError
from tasktrail.log_context import about

_log = logging.getLogger(__name__)


class RunningWork:
    """Keeps hold of what runs beside each other; what fails is logged."""

    def __init__(self) -> None:
        self._work: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, object], **subjects: int) -> None:
        """Have `work` carried out, beginning with the next round of the event loop. Whatever is
        logged by it, its failure too, is about `subjects`, such as the task and the job."""
        with about(**subjects):
            task = asyncio.get_running_loop().create_task(work)
            task.add_done_callback(self._finish)
        self._work.add(task)

    async def some_time(self, seconds: float) -> None:
        """Give what runs now `seconds` at most to end by itself."""
        if self._work and seconds > 0:
            await asyncio.wait(self._work, timeout=seconds)

    async def end(self) -> None:
        """Return once nothing runs, nor what was begun meanwhile."""
        while self._work:
            await asyncio.wait(self._work)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, StoreUnavailableError):
            # The engine leaves while the store is away: what is due is found due again.
            _log.warning("left to the next start: %s", failure)
        elif failure is not None:
            _log.error("a part of the engine failed", exc_info=failure)
