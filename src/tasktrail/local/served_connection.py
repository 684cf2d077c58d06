"""The server's end of one connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

from tasktrail.errors import RefusedError
from tasktrail.local.failure import failure_of
from tasktrail.local.message import (
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
    StopStream,
    check_hello,
    decode_client_message,
    encode,
)
from tasktrail.local.transport import Transport

_MOST_REQUESTS = 128
"""Requests that one connection may have open at a time."""


class ServedConnection:
    """Answers the requests of one client until it hangs up.

    Nothing piles up for a slow reader: each request has at most one message on its way, and a
    stream is asked for its next value only when the last one was taken by the system.
    """

    def __init__(
        self,
        operations: Transport,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        version: str,
    ) -> None:
        self._operations = operations
        self._reader = reader
        self._writer = writer
        self._version = version
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._streams: dict[int, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Greet, then answer until the client hangs up. What it still waits for is canceled."""
        try:
            await self._answer_requests()
        except RefusedError as refusal:
            with contextlib.suppress(OSError):
                await self._send(Failed(0, failure_of(refusal)))
        except OSError:
            pass  # It hung up while something was on its way to it.
        finally:
            await self._cancel_everything()
            self._writer.close()

    async def refuse(self, refusal: RefusedError) -> None:
        """Say why this client is not served."""
        with contextlib.suppress(OSError):
            await self._send(Failed(0, failure_of(refusal)))
        self._writer.close()

    async def calls_ended(self) -> None:
        """Return when no call (a stream is none) is being performed."""
        while self._calls:
            await asyncio.wait(list(self._calls.values()))

    async def streams_ended(self) -> None:
        """Return when no stream is being produced."""
        while self._streams:
            await asyncio.wait(list(self._streams.values()))

    async def _answer_requests(self) -> None:
        await self._send(Hello(PROTOCOL, self._version))
        requests = self._requests()
        check_hello(await anext(requests, None))
        async for request in requests:
            self._begin(request)

    async def _requests(self) -> AsyncIterator[ClientMessage]:
        while line := await self._line():
            yield decode_client_message(line)

    async def _line(self) -> bytes:
        try:
            return await self._reader.readline()
        except ValueError as error:
            raise RefusedError("the request is too long") from error

    def _begin(self, request: ClientMessage) -> None:
        match request:
            case Call(id=number):
                self._start(self._calls, number, self._perform(request))
            case OpenStream(id=number):
                self._start(self._streams, number, self._produce(request))
            case StopStream(id=number):
                if number in self._streams:
                    self._streams[number].cancel()
            case Hello():
                raise RefusedError("the other end of the socket greeted twice")

    def _start(
        self,
        running: dict[int, asyncio.Task[None]],
        number: int,
        work: AsyncGenerator[ServerMessage],
    ) -> None:
        if number in self._calls or number in self._streams:
            raise RefusedError(f"request {number} is already being answered")
        if len(self._calls) + len(self._streams) >= _MOST_REQUESTS:
            raise RefusedError("too many requests are open on one connection")
        running[number] = asyncio.create_task(self._deliver(number, work))
        running[number].add_done_callback(lambda _: running.pop(number, None))

    async def _deliver(self, number: int, work: AsyncGenerator[ServerMessage]) -> None:
        async with contextlib.aclosing(work):
            try:
                async for message in work:
                    await self._send(message)
            except OSError:
                pass  # It hung up; the reading side ends the connection.
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
                with contextlib.suppress(OSError):
                    await self._send(Failed(number, failure_of(error)))

    async def _perform(self, request: Call) -> AsyncGenerator[ServerMessage]:
        value = await self._operations.call(request.operation, request.arguments)
        yield Answer(request.id, value)

    async def _produce(self, request: OpenStream) -> AsyncGenerator[ServerMessage]:
        values = self._operations.stream(request.operation, request.arguments)
        try:
            async for value in values:
                yield Item(request.id, value)
                # A fast reader of a long log must not keep the engine from everything else.
                await asyncio.sleep(0)
        finally:
            if isinstance(values, AsyncGenerator):
                await values.aclose()
        yield End(request.id)

    async def _send(self, message: ServerMessage) -> None:
        self._writer.write(encode(message))
        await self._writer.drain()

    async def _cancel_everything(self) -> None:
        open_requests = [*self._calls.values(), *self._streams.values()]
        for request in open_requests:
            request.cancel()
        await asyncio.gather(*open_requests, return_exceptions=True)
