"""Many followers over real connections, who only note what arrives and when."""

from __future__ import annotations

import asyncio
import re
import time

_TIME = re.compile(rb'"message":"(\d{19})"')


class _Follower(asyncio.Protocol):
    """One connection."""

    def __init__(self, head: bytes, begun: asyncio.Semaphore) -> None:
        self._head = head
        self._begun = begun
        self.received: list[tuple[int, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if not self.received:
            self._begun.release()
        self.received.append((time.time_ns(), data))


class Crowd:
    """Followers of one thing."""

    def __init__(self, port: int, path: str, keys: list[str], count: int) -> None:
        self._port = port
        self._heads = [
            f"GET {path} HTTP/1.1\r\nHost: benchmark\r\nX-API-KEY: {key}\r\n\r\n".encode()
            for key in keys
        ]
        self._count = count
        self._begun = asyncio.Semaphore(0)
        self._followers: list[_Follower] = []
        self._transports: list[asyncio.BaseTransport] = []

    async def enter(self) -> None:
        """Return when everybody follows."""
        loop = asyncio.get_running_loop()
        for number in range(self._count):
            head = self._heads[number % len(self._heads)]
            transport, follower = await loop.create_connection(
                lambda head=head: _Follower(head, self._begun), "127.0.0.1", self._port
            )
            self._transports.append(transport)
            self._followers.append(follower)
        for _ in range(self._count):
            await self._begun.acquire()

    def leave(self) -> None:
        """Hang up."""
        for transport in self._transports:
            transport.close()

    def delays(self, since: int) -> list[float]:
        """Milliseconds between the writing of each line since then and its arrival.

        Raises:
            RuntimeError: somebody has missed a line.
        """
        found: list[float] = []
        counts: set[int] = set()
        for follower in self._followers:
            times = [(at, int(line[1])) for at, data in follower.received for line in _lines(data)]
            late = [(at - line) / 1e6 for at, line in times if line > since]
            counts.add(len(late))
            found += late
        if max(counts) - min(counts) > 1:  # the last one may be on its way
            raise RuntimeError(f"followers got {min(counts)} to {max(counts)} lines")
        return found


def _lines(data: bytes) -> list[re.Match[bytes]]:
    return list(_TIME.finditer(data))
