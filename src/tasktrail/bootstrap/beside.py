"""Work that goes on beside everything else, until what it was begun for is closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

_log = logging.getLogger(__name__)


def begin_beside(stack: AsyncExitStack, work: Coroutine[Any, Any, object]) -> None:
    """Have `work` done until the stack is closed, which waits for the end of it. Such work sees to
    its own errors; one that it did not foresee is logged."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_tell)

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task])

    stack.push_async_callback(end)


def _tell(task: asyncio.Task[object]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.critical("a part of the upkeep has ended", exc_info=task.exception())
