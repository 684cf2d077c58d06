"""HTTP/1.1 on a connection, with problems in the form of all others."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tasktrail.api.problem import problem

LONGEST_HEAD = 20.0
"""Seconds from the beginning of a connection or the first byte of a request to the end of its
headers: who sends them byte by byte holds a connection no longer."""


class ProblemProtocol(H11Protocol):
    """What is no HTTP never reaches the application, and is answered here.

    The state of each request holds `hang_up`, which ends the connection at once: what was written
    and not sent is dropped.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio."""
        self.app_state = {**self.app_state, "hang_up": transport.abort}
        super().connection_made(transport)
        self._time_head()

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        super().data_received(data)
        self._time_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._stop_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what a client has sent, and hang up."""
        answer = problem(
            HTTPStatus.BAD_REQUEST, "bad_request", msg, headers={"Connection": "close"}
        )
        head = h11.Response(status_code=answer.status_code, headers=answer.raw_headers)
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _time_head(self) -> None:
        """Let the time for the headers run as long as they are not there."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._stop_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(LONGEST_HEAD, self.transport.close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
