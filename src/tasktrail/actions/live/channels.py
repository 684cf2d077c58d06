"""Keeps one channel for all who follow the same thing, as long as anybody does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

from tasktrail.errors import NotFoundError, StoreUnavailableError

_log = logging.getLogger(__name__)


class Channel(Protocol):
    """Something that is followed."""

    async def run(self) -> None:
        """Publish until nothing is left to publish."""
        ...

    def drop_all(self) -> None:
        """Let nobody wait for it any more."""
        ...


K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Channel)


class _Running(Generic[C]):
    def __init__(self, channel: C) -> None:
        self.channel = channel
        self.users = 0
        self.work = asyncio.ensure_future(_run(channel))


class Channels(Generic[K, C]):
    """Channels by what is followed."""

    def __init__(self) -> None:
        self._running: dict[K, _Running[C]] = {}

    def __len__(self) -> int:
        return len(self._running)

    @asynccontextmanager
    async def join(self, key: K, make: Callable[[], C]) -> AsyncGenerator[C]:
        """The channel of `key`, which `make` makes for the first who joins. It stops when the last
        one has left."""
        running = self._running.get(key)
        if running is None or running.work.done():
            running = self._running[key] = _Running(make())
        running.users += 1
        try:
            yield running.channel
        finally:
            running.users -= 1
            if not running.users:
                if self._running.get(key) is running:
                    del self._running[key]
                running.work.cancel()
                await asyncio.gather(running.work, return_exceptions=True)


async def _run(channel: Channel) -> None:
    """Also when it fails those who follow have to learn that nothing more comes."""
    try:
        await channel.run()
    except* (StoreUnavailableError, NotFoundError) as found:
        _log.warning("a live stream has ended: %s", found.exceptions[0])
    except* Exception:  # noqa: BLE001 - it is logged; followers come back
        _log.exception("a live stream has failed")
    finally:
        channel.drop_all()
