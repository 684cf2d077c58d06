"""HTTP/1.1 on a connection, with problems in the form of all others."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tasktrail.api.problem import problem


class ProblemProtocol(H11Protocol):
    """What is no HTTP never reaches the application, and is answered here.

    The state of each request holds `hang_up`, which ends the connection at once: what was written
    and not sent is dropped.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio."""
        self.app_state = {**self.app_state, "hang_up": transport.abort}
        super().connection_made(transport)

    def send_400_response(self, msg: str) -> None:
        """Refuse what a client has sent, and hang up."""
        answer = problem(
            HTTPStatus.BAD_REQUEST, "bad_request", msg, headers={"Connection": "close"}
        )
        head = h11.Response(status_code=answer.status_code, headers=answer.raw_headers)
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
