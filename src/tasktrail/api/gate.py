"""What every request passes first: keys in addresses, huge and slow bodies, and our own faults."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktrail.api.credentials import KEY_HEADER, holds_key
from tasktrail.api.problem import of_fault, problem
from tasktrail.api.services import Services
from tasktrail.api.shown_path import shown_path

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes (rest-contract.md)."""
LONGEST_BODY = 60.0
"""Seconds that a body may take to arrive."""

_DRAINING = 5.0
_HANG_UP = {"Connection": "close"}
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_TOO_LARGE_MESSAGE = f"the body has more than {LARGEST_BODY} bytes"
_TOO_SLOW = HTTPStatus.REQUEST_TIMEOUT

_log = logging.getLogger(__name__)


class Gate:
    """Refuses requests that no endpoint should see, and answers when an endpoint fails."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, LONGEST_BODY)
        if holds_key(scope["query_string"]) or holds_key(scope["path"].encode()):
            await _key_in_address()(scope, receive, send)
        elif _has_two_lengths(scope):
            await _ambiguous()(scope, receive, send)
        elif _announced_size(scope) > LARGEST_BODY:
            await body.drain()
            await _too_large()(scope, receive, send)
        else:
            await self._answer(scope, body, send)

    async def _answer(self, scope: Scope, body: _Body, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, body.receive, send_noting)
        except Exception:
            reference = self._services.new_reference()
            _log.exception(
                "reference %s: %s %s failed", reference, scope["method"], shown_path(scope)
            )
            if begun:
                # Half an answer must not pass for a whole one: the server hangs up.
                raise
            await of_fault(reference)(scope, body.receive, send)


class _Body:
    """What a client sends, as long as it is neither too long nor too slow."""

    def __init__(self, receive: Receive, time: float) -> None:
        self._receive = receive
        self._time = time
        self._deadline: float | None = None
        self._size = 0
        self._whole = False

    async def receive(self) -> Message:
        """The next part.

        Raises:
            HTTPException: it is one too many, or did not come in time.
        """
        if self._whole:
            return await self._receive()
        message = await self._next()
        if self._size > LARGEST_BODY:
            await self.drain()
            raise HTTPException(_TOO_LARGE, _TOO_LARGE_MESSAGE, _HANG_UP)
        return message

    async def drain(self) -> None:
        """Read on for a moment, so that a client that is still sending comes to read the answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAINING):
                while not self._whole:
                    await self._next()

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        if self._deadline is None:
            self._deadline = loop.time() + self._time
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._whole = True
            raise HTTPException(_TOO_SLOW, "the body took too long", _HANG_UP) from None
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        return message


def _key_in_address() -> Response:
    return problem(
        HTTPStatus.BAD_REQUEST,
        "key_in_address",
        "an API key must not stand in an address, where it is written down on the way",
        detail=f"send it in the header {KEY_HEADER}, and revoke the one that was sent here",
    )


def _too_large() -> Response:
    return problem(_TOO_LARGE, _TOO_LARGE.name.lower(), _TOO_LARGE_MESSAGE, headers=_HANG_UP)


def _ambiguous() -> Response:
    message = "a body has a Content-Length or a Transfer-Encoding, not both"
    return problem(HTTPStatus.BAD_REQUEST, "bad_request", message, headers=_HANG_UP)


def _has_two_lengths(scope: Scope) -> bool:
    """Whether a proxy before this server may have taken another part of what was sent for the body
    (request smuggling; RFC 9112, 6.1): then nothing that follows on the connection is read."""
    names = {name for name, _ in scope["headers"]}
    return {b"content-length", b"transfer-encoding"} <= names


def _announced_size(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
