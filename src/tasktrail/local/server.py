"""Serves the operations of this process to the other processes of its user."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from tasktrail.errors import NotAllowedError
from tasktrail.local import socket_file
from tasktrail.local.message import LONGEST_REQUEST
from tasktrail.local.served_connection import ServedConnection
from tasktrail.local.transport import Transport


class LocalServer:
    """Listens at a data directory that this process owns."""

    def __init__(self, operations: Transport, directory: Path, *, version: str) -> None:
        self._operations = operations
        self._directory = directory
        self._version = version
        self._server: asyncio.Server | None = None
        self._connections: dict[ServedConnection, asyncio.Task[None]] = {}

    @property
    def address(self) -> Path:
        """The socket file."""
        return self._directory / socket_file.NAME

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the socket file cannot be made.
        """
        listener = socket_file.listen(self._directory)
        self._server = await asyncio.start_unix_server(
            self._serve, sock=listener, limit=LONGEST_REQUEST
        )

    async def stop_listening(self) -> None:
        """Take no new connections, and return when the calls of the present ones are answered."""
        if self._server is None:
            return
        socket_file.remove(self._directory)
        self._server.close()
        self._server = None
        for connection in list(self._connections):
            await connection.calls_ended()

    async def streams_ended(self, patience: float) -> None:
        """Return when everybody has all of what they follow, or after `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                for connection in list(self._connections):
                    await connection.streams_ended()

    async def close(self) -> None:
        """Hang up on everybody. Idempotent."""
        await self.stop_listening()
        serving = list(self._connections.values())
        for connection in serving:
            connection.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = ServedConnection(self._operations, reader, writer, self._version)
        task = asyncio.current_task()
        assert task is not None
        self._connections[connection] = task
        try:
            if self._is_ours(writer):
                await connection.serve()
            else:
                await connection.refuse(NotAllowedError("this engine belongs to another user"))
        except asyncio.CancelledError:
            writer.close()  # close() hangs up; the task has nothing else to clean up.
        finally:
            del self._connections[connection]

    def _is_ours(self, writer: asyncio.StreamWriter) -> bool:
        uid = socket_file.peer_uid(writer.get_extra_info("socket"))
        return uid is None or uid == os.geteuid()
