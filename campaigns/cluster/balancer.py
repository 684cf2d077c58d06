"""One address for several control processes, as a load balancer gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit


class Balancer:
    """Gives each connection to the next of `urls` that answers."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._addresses = [urlsplit(url).netloc.split(":") for url in urls]
        self._numbers = count()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen; `url` is known then."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Take no more connections."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(self._numbers)
        with suppress(asyncio.CancelledError):  # all is over
            for number in range(len(self._addresses)):
                host, port = self._addresses[(first + number) % len(self._addresses)]
                with suppress(OSError):
                    theirs, ours = await asyncio.open_connection(host, int(port))
                    await asyncio.gather(_pass_on(reader, ours), _pass_on(theirs, writer))
                    return
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that comes until one side hangs up."""
    with suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()
