"""An answer that goes on: server-sent events until somebody hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tasktrail.api.attendance import Attendance, Seat

MEDIA_TYPE = "text/event-stream"

_STALLED = 5.0
"""Seconds that a client may take to make room for more."""
_LAST_WORD = 0.2
"""Seconds in which one who is cut off takes the end of the stream, or the connection is ended."""

_HEADERS = {"X-Accel-Buffering": "no"}  # proxies that collect answers let these through


class EventStream(Response):
    """Sends `texts` to somebody who has taken `seat`, until they end or the seat is cut."""

    media_type = MEDIA_TYPE

    def __init__(self, texts: AsyncGenerator[bytes], seat: Seat, attendance: Attendance) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers(_HEADERS)
        self._texts = texts
        self._seat = seat
        self._attendance = attendance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        hang_up: Callable[[], None] = scope["state"]["hang_up"]
        try:
            self._attendance.take(self._seat)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            sending = asyncio.ensure_future(self._send(send, hang_up))
            waiting = (_hung_up(receive), self._seat.cut.wait())
            ends = [asyncio.ensure_future(one) for one in waiting]
            try:
                await asyncio.wait((sending, *ends), return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _cancel(sending, *ends)
            if self._seat.cut.is_set():
                await _end(send, hang_up)
            elif not sending.cancelled():
                sending.result()
        finally:
            self._attendance.leave(self._seat)
            await self._texts.aclose()

    async def _send(self, send: Send, hang_up: Callable[[], None]) -> None:
        async for text in self._texts:
            if text and not await _sent(send, _part(text), _STALLED):
                hang_up()
                return
        await _sent(send, _LAST, _STALLED)


_LAST: Message = {"type": "http.response.body", "body": b"", "more_body": False}


def _part(text: bytes) -> Message:
    return {"type": "http.response.body", "body": text, "more_body": True}


async def _sent(send: Send, message: Message, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            await send(message)
    except TimeoutError:
        return False
    return True


async def _end(send: Send, hang_up: Callable[[], None]) -> None:
    """End the answer; with the connection, if the client takes nothing."""
    if not await _sent(send, _LAST, _LAST_WORD):
        hang_up()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancel(*works: asyncio.Task[Any]) -> None:
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)
