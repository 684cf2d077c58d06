"""Reaches the operations of the process that owns a data directory."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator
from pathlib import Path

from tasktrail.errors import ConnectionLostError, NotAllowedError
from tasktrail.local import socket_file
from tasktrail.local.failure import error_of
from tasktrail.local.message import (
    LONGEST_ANSWER,
    LONGEST_ITEM,
    PROTOCOL,
    Answer,
    Call,
    ClientMessage,
    End,
    Failed,
    Hello,
    Item,
    OpenStream,
    ServerMessage,
    check_hello,
    decode_server_message,
    encode,
)
from tasktrail.local.transport import JsonObject


class SocketTransport:
    """A client of the socket of one data directory.

    Calls share a connection; a stream has its own, so that a reader who takes its time with one
    never holds up the answer to a call, and hanging up is what ends it.
    """

    def __init__(self, directory: Path, connection: _Connection, *, version: str) -> None:
        self._directory = directory
        self._connection: _Connection | None = connection
        self._version = version
        self._numbers = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    async def open(cls, directory: Path, *, version: str) -> SocketTransport | None:
        """A transport to whoever serves `directory`; None when nobody does.

        Raises:
            NotAllowedError: the engine belongs to another user.
            RefusedError: it speaks another version of the protocol.
            ConnectionLostError: it went away while greeting.
        """
        connection = await _Connection.open(directory, version)
        return None if connection is None else cls(directory, connection, version=version)

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        """See `Transport.call`."""
        async with self._one_at_a_time:
            if self._connection is None:
                self._connection = await self._opened(LONGEST_ANSWER)
            try:
                return await self._call(self._connection, operation, arguments)
            except ConnectionLostError:
                # The next call looks for whoever serves the directory by then.
                self.close()
                raise

    async def stream(self, operation: str, arguments: JsonObject, /) -> AsyncGenerator[object]:
        """See `Transport.stream`."""
        connection = await self._opened(LONGEST_ITEM)
        with contextlib.closing(connection):
            await connection.send(OpenStream(1, operation, arguments))
            while True:
                match await connection.receive():
                    case Item(value=value):
                        yield value
                    case Failed(failure=failure):
                        raise error_of(failure)
                    case End():
                        return
                    case Hello() | Answer():
                        raise ConnectionLostError("the engine gave an answer out of turn")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _opened(self, limit: int) -> _Connection:
        connection = await _Connection.open(self._directory, self._version, limit=limit)
        if connection is None:
            raise ConnectionLostError("the engine is not there any more")
        return connection

    async def _call(self, connection: _Connection, operation: str, arguments: JsonObject) -> object:
        number = next(self._numbers)
        await connection.send(Call(number, operation, arguments))
        while True:
            message = await connection.receive()
            # An older number is the answer to a call that nobody waits for any more.
            if isinstance(message, Answer) and message.id == number:
                return message.value
            if isinstance(message, Failed) and message.id in (0, number):
                raise error_of(message.failure)


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(
        cls, directory: Path, version: str, *, limit: int = LONGEST_ANSWER
    ) -> _Connection | None:
        try:
            connected = socket_file.connect(directory)
        except PermissionError as error:
            raise NotAllowedError(
                f"the engine of {directory} belongs to another user",
                hint="choose your own data directory with --data",
            ) from error
        if connected is None:
            return None
        connection = cls(*await asyncio.open_unix_connection(sock=connected, limit=limit))
        try:
            await connection._greet(version)
        except BaseException:
            connection.close()
            raise
        return connection

    async def send(self, message: ClientMessage) -> None:
        try:
            self._writer.write(encode(message))
            await self._writer.drain()
        except OSError as error:
            raise _lost() from error

    async def receive(self) -> ServerMessage:
        try:
            line = await self._reader.readline()
        except OSError as error:
            raise _lost() from error
        if not line.endswith(b"\n"):
            raise _lost()
        return decode_server_message(line)

    def close(self) -> None:
        self._writer.close()

    async def _greet(self, version: str) -> None:
        # A server that refuses us hangs up after saying why, which may be before we have greeted.
        with contextlib.suppress(ConnectionLostError):
            await self.send(Hello(PROTOCOL, version))
        message = await self.receive()
        if isinstance(message, Failed):
            raise error_of(message.failure)
        check_hello(message)


def _lost() -> ConnectionLostError:
    return ConnectionLostError("the engine went away")
