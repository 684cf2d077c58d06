"""The REST API of one server, as JSON; problems become the exceptions that they tell of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import httpx2
import msgspec

from tasktrail.client.problem_answer import error_in
from tasktrail.errors import (
    ConnectionLostError,
    InvalidInputError,
    NotSignedInError,
    ServerUnreachableError,
    TasktrailError,
    TooManyRequestsError,
)
from tasktrail.local.outage import MAY_PASS, Outage
from tasktrail.server_client import server_client
from tasktrail.server_url import checked_url

Query = Mapping[str, str | int | bool | None]
Body = Mapping[str, object]

_PATIENCE = httpx2.Timeout(60.0, connect=10.0)
_TRIES = 4
PATIENCE = 60.0
"""Seconds for which whoever follows something looks for a server that went away."""
_LONGEST_WAIT = 10.0
"""Seconds between two tries, whatever the server asks for."""


class Api:
    """Asks a server. What may be asked twice is, when a connection breaks or the server is busy."""

    def __init__(self, url: str, key: str, outage: Outage | None = None) -> None:
        """See `connect`."""
        self._outage = outage or Outage(PATIENCE)
        self._url = checked_url(url)
        self._client = server_client(
            url, "/v1/", key=_checked_key(key), agent="tasktrail", timeout=_PATIENCE
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, query: Query | None = None, *, patient: bool = False) -> Any:
        """What the server answers; `None` in a query stands for nothing. Whoever is `patient` sits
        an outage out.

        Raises:
            RefusedError: it refuses.
            ServerUnreachableError: it cannot be reached.
            ConnectionLostError: it went away meanwhile.
        """
        while True:
            try:
                answer = await self._ask("GET", path, query=query, again=True)
            except MAY_PASS as error:
                if not patient:
                    raise
                await self._outage.wait(error)
            else:
                self._outage.over()
                return answer

    async def post(
        self,
        path: str,
        body: Body | None = None,
        *,
        query: Query | None = None,
        once: str | None = None,
    ) -> Any:
        """Ask for a change. With the key `once` it is made once, however often that is asked.

        Raises:
            RefusedError: the server refuses; nothing was changed.
            ServerUnreachableError: it cannot be reached; nothing was changed.
            ConnectionLostError: it went away; whether it was done is not known.
        """
        headers = {} if once is None else {"Idempotency-Key": once}
        again = once is not None
        return await self._ask("POST", path, query=query, body=body, headers=headers, again=again)

    @asynccontextmanager
    async def text(self, path: str) -> AsyncGenerator[httpx2.Response]:
        """An answer that is read as it comes; `path` may be a whole address of the same server."""
        address = path.removeprefix(f"{self._url}/v1/")
        try:
            async with self._client.stream("GET", address) as response:
                if response.is_error:
                    await response.aread()
                    raise error_in(response)
                yield response
        except httpx2.ConnectError as error:
            raise self._unreachable(error) from error
        except httpx2.TransportError as error:
            raise _lost(error) from error

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool,
    ) -> Any:
        tries = _TRIES if again else 1
        lost: ConnectionLostError | None = None
        for left in reversed(range(tries)):
            try:
                return await self._ask_once(method, path, query, body, headers)
            except TooManyRequestsError as error:
                if not left:
                    raise lost or error from error.__cause__
                await asyncio.sleep(min(error.retry_after, _LONGEST_WAIT))
            except (ConnectionLostError, ServerUnreachableError) as error:
                # An earlier try may have been heard, even if nobody can be reached any more.
                lost = error if isinstance(error, ConnectionLostError) else lost
                if not left:
                    raise lost or error from error.__cause__
                await asyncio.sleep(0.2 * 2 ** (tries - left))
        raise AssertionError("the last try raises or returns")

    async def _ask_once(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: Body | None,
        headers: Mapping[str, str] | None,
    ) -> Any:
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        content = None if body is None else msgspec.json.encode(body)
        typed = {} if content is None else {"Content-Type": "application/json"}
        try:
            response = await self._client.request(
                method, path, params=given, content=content, headers={**(headers or {}), **typed}
            )
        except httpx2.ConnectError as error:
            raise self._unreachable(error) from error
        except httpx2.TransportError as error:
            raise _lost(error) from error
        if response.is_error:
            raise self._explained(error_in(response))
        try:
            return msgspec.json.decode(response.content)
        except msgspec.DecodeError as error:
            raise ServerUnreachableError(
                f"what answers at {self._url} is no server of Tasktrail"
            ) from error

    def _explained(self, error: TasktrailError) -> TasktrailError:
        if isinstance(error, NotSignedInError):
            return NotSignedInError(
                f"the server at {self._url} does not take this key: {error.message}",
                hint="set TASKTRAIL_API_KEY to a key of your organization",
            )
        return error

    def _unreachable(self, error: Exception) -> ServerUnreachableError:
        return ServerUnreachableError(
            f"the server at {self._url} cannot be reached: {error}",
            hint="look at the address, and whether it runs",
        )


def _lost(error: Exception) -> ConnectionLostError:
    said = str(error) or type(error).__name__
    return ConnectionLostError(f"the server went away: {said}")


def _text(value: str | int | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked_key(key: str) -> str:
    """`key` without the blanks around it that a file or a paste brings along.

    Raises:
        InvalidInputError: no header can hold it. The key itself is not told.
    """
    stripped = key.strip()
    if not stripped.isascii() or not stripped.isprintable():
        raise InvalidInputError(
            "the API key holds characters that no key has",
            hint="a key looks like tt_1_..., on one line",
        )
    return stripped
