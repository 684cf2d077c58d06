"""Uvicorn as a part of a program that does more than to serve."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn

_TICK = 1.0
"""Seconds between two looks at the clock for the header `Date`, which says whole ones."""
_LOOK = 0.01
"""Seconds between two looks whether the last connection is closed, which nothing tells."""


class UvicornServer(uvicorn.Server):
    """Leaves signals to the program that it is a part of, and wakes up no more than it must.

    Uvicorn itself looks ten times a second whether it is to leave, and then rests for a while.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    async def listening(self, serving: asyncio.Task[None]) -> None:
        """Return when requests are taken, or raise what keeps it from that."""
        while not self.started:
            if serving.done():
                await serving
                return
            await asyncio.sleep(0)

    def leave(self) -> None:
        """Take no new requests, and end when the present ones are answered."""
        self.should_exit = True
        self._leaving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """See uvicorn."""
        yield

    async def main_loop(self) -> None:
        """See uvicorn."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                await self._emptied()
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()

    async def _emptied(self) -> None:
        # The first turn of the loop closes those that are idle.
        await asyncio.sleep(0)
        state = self.server_state
        while state.connections or state.tasks:  # noqa: ASYNC110 - sets of uvicorn, which tells nobody
            await asyncio.sleep(_LOOK)
        for server in self.servers:
            await server.wait_closed()
