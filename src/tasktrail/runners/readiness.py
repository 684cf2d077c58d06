"""Waiting for a file descriptor in the event loop."""

from __future__ import annotations

import asyncio


async def readable(fd: int) -> None:
    """Return once `fd` can be read. May be canceled."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(fd, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
