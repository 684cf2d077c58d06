"""Work in steps that take a while each, done beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import Executor
from typing import TypeVar

_T = TypeVar("_T")
_END = object()


async def beside_loop(steps: Iterator[_T], threads: Executor) -> AsyncGenerator[_T]:
    """What `steps` gives, each made by one of `threads` when it is asked for: nothing piles up.

    A cancel waits for the step that is being made, and then closes `steps`.
    """
    try:
        while (made := await _in_thread(steps, threads)) is not _END:
            yield made  # pyright: ignore[reportReturnType] - all but _END is of the steps
    finally:
        close = getattr(steps, "close", None)
        if close is not None:
            close()


async def _in_thread(steps: Iterator[_T], threads: Executor) -> _T | object:
    work = asyncio.get_running_loop().run_in_executor(threads, next, steps, _END)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait((work,))
        raise
