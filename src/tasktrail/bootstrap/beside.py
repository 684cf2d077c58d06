"""Work that goes on beside everything else, until what it was begun for is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any


def begin_beside(stack: AsyncExitStack, work: Coroutine[Any, Any, object]) -> None:
    """Have `work` done until the stack is closed, which waits for the end of it."""
    task = asyncio.ensure_future(work)

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task])

    stack.push_async_callback(end)
