"""Stands between a client and a real PostgreSQL, and can lose the answer to a COMMIT."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_COMMITTED = b"COMMIT\x00"


class DeafProxy:
    """Passes everything on. After `lose_next_answer`, the next COMMIT is carried out by the server,
    and its client is cut off without learning of it."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._armed = False
        self.lost_answers = 0
        """Of transactions that the server has committed."""

    def lose_next_answer(self) -> None:
        self._armed = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, ours = await asyncio.open_unix_connection(str(self._server))
        except OSError:  # the server is away just now
            writer.close()
            return
        deaf = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._to_server(reader, ours, deaf))
                group.create_task(self._to_client(theirs, writer, deaf))
        finally:
            for one in (writer, ours):
                one.close()
                with suppress(OSError):
                    await one.wait_closed()

    async def _to_server(
        self, reader: asyncio.StreamReader, ours: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if self._armed and _COMMITTED in chunk:
                    self._armed = False
                    deaf.set()
                ours.write(chunk)
        ours.close()

    async def _to_client(
        self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while chunk := await theirs.read(65536):
                if deaf.is_set():
                    self.lost_answers += b"COMMIT" in chunk  # the server has carried it out
                    break
                writer.write(chunk)
        writer.close()


@contextmanager
def deaf_proxy(url: str, directory: Path) -> Generator[tuple[DeafProxy, str]]:
    """A proxy for the server of `url`, and the address of the same database through it.

    In a thread of its own: a store connects without letting the event loop go on.
    """
    host = parse_qs(urlsplit(url).query)["host"][0]
    proxy = DeafProxy(Path(host) / ".s.PGSQL.5432")
    directory.mkdir()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        serving = asyncio.start_unix_server(proxy.serve, directory / ".s.PGSQL.5432")
        server = asyncio.run_coroutine_threadsafe(serving, loop).result()
        try:
            yield proxy, url.replace(host, str(directory))
        finally:
            asyncio.run_coroutine_threadsafe(_close(server), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
