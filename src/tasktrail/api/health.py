"""Whether the server lives, can work, and what it has done: for whatever watches over it."""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import suppress
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.liveness import live_tasks, store_answers
from tasktrail.api.answer import json_answer
from tasktrail.api.instruments import CONTENT_TYPE
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.errors import NotFoundError, StoreUnavailableError

_PATIENCE = 2.0
"""Seconds in which the store has to answer."""
_WAITING = "no workflows are run for the moment: tasks are accepted, and wait"
_FORWARDING = ("forwarded", "x-forwarded-for", "x-real-ip")


@answers(shape=None, documented=False)
async def get_health() -> Response:
    """Say that this process answers"""
    return json_answer({"status": "alive"})


@answers(shape=None, documented=False)
async def get_readiness(own: Own) -> Response:
    """Say whether tasks are taken: the records answer, and the server is not about to leave.

    Without Temporal they are, and wait: to send requests elsewhere would help nobody.
    """
    problems: list[str] = []
    if own.closing.is_set():
        problems.append("the server is leaving")
    try:
        async with asyncio.timeout(_PATIENCE):
            await store_answers(own.decisions.store)
    except (StoreUnavailableError, TimeoutError):
        problems.append("the records do not answer")
    if problems:
        return json_answer(
            {"status": "not ready", "problems": problems}, HTTPStatus.SERVICE_UNAVAILABLE
        )
    if not own.driven():
        return json_answer({"status": "ready", "warnings": [_WAITING]})
    return json_answer({"status": "ready"})


@answers(shape=None, media_type="text/plain", documented=False)
async def get_metrics(request: Request, own: Own) -> Response:
    """Give the metrics, to those on this machine: they tell about all organizations"""
    if not _from_here(request):
        raise NotFoundError("there is no such address")
    return Response(
        own.instruments.text(await live_tasks(own.decisions.store)), media_type=CONTENT_TYPE
    )


def _from_here(request: Request) -> bool:
    """Whether the request comes from this machine, and through no proxy from another one."""
    if request.client is None or any(name in request.headers for name in _FORWARDING):
        return False
    with suppress(ValueError):
        return ipaddress.ip_address(request.client.host).is_loopback
    return False
