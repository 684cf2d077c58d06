"""What is written down of every request: its id, who asked, what was answered, how long it took."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import TypeVar, cast

from starlette.datastructures import Headers, MutableHeaders, State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktrail.api.instruments import Instruments
from tasktrail.api.shown_path import shown_path
from tasktrail.log_context import about
from tasktrail.model.caller import Caller
from tasktrail.model.worker import Worker

REQUEST_ID = "X-Request-ID"

_GIVEN_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_UNKNOWN_ROUTE = "none"
_REFUSED = 400

K = TypeVar("K")

_log = logging.getLogger(__name__)


class Observation:
    """Gives each request an id, which is in its answer and in every line logged about it.

    A client's own id is taken when it is short and plain. Query strings are never written down.
    """

    def __init__(
        self, app: ASGIApp, instruments: Instruments, new_reference: Callable[[], str]
    ) -> None:
        self._app = app
        self._instruments = instruments
        self._new_reference = new_reference

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else self._new_reference()
        started, status, seconds = time.monotonic(), 500, 0.0

        async def send_noting(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = int(message["status"]), time.monotonic() - started
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with about(request=request_id):
            try:
                await self._app(scope, receive, send_noting)
            finally:
                self._note(scope, status, seconds or time.monotonic() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _UNKNOWN_ROUTE)
        self._instruments.count_request(scope["method"], route, status, seconds)
        worker = _known(scope, "worker", Worker)
        # A worker asks all the time: of what went well its tasks tell.
        level = logging.DEBUG if worker is not None and status < _REFUSED else logging.INFO
        if not _log.isEnabledFor(level):
            return
        fields = {
            "method": scope["method"],
            "path": shown_path(scope),
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        caller = _known(scope, "caller", Caller)
        if caller is not None:
            fields |= {"credential": caller.credential, "org": caller.actor.organization_id}
        if worker is not None:
            fields |= {"credential": worker.credential, "pool": worker.pool}
        _log.log(level, "answered", extra={"fields": fields})


def _known(scope: Scope, name: str, kind: type[K]) -> K | None:
    """Who asked, once that has been found out."""
    state = cast("dict[str, object] | State", scope.get("state", {}))
    found = state.get(name) if isinstance(state, dict) else getattr(state, name, None)
    return found if isinstance(found, kind) else None
