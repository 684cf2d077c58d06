"""The log of a step, as clients of the contract follow it (rest-contract.md, "Tasks")."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from tasktrail.actions.step_log import (
    StepLog,
    find_linked_log,
    find_step_log,
    link_name,
    read_step_log,
)
from tasktrail.api.answer import encoded, json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.link import link_to
from tasktrail.api.path_id import StepId
from tasktrail.api.route import answers
from tasktrail.api.services import Own, Services
from tasktrail.api.shapes import log as shapes
from tasktrail.api.streamed import streamed

LINK_LIFE = 3600.0
"""Seconds that a link to a log is good for."""


@answers(shape=shapes.StepLog, refusals=(HTTPStatus.NOT_FOUND,))
async def get_step_logs(
    request: Request,
    own: Own,
    caller: SignedIn,
    step_id: StepId,
    delivery: Annotated[
        Literal["auto", "inline", "url"],
        Query(description="`auto`: an address for a finished log, else lines."),
    ] = "auto",
) -> Response:
    """Get the log of a step

    All lines of all attempts. A client that follows asks again, and goes on after the lines that it
    knows: they stay where they are.
    """
    log = await find_step_log(own.decisions.store, caller.actor, step_id)
    if delivery == "url" or (delivery == "auto" and log.status == "persisted"):
        url = _link(request, own, log)
        return json_answer({"status": log.status, "streamId": None, "url": url, "lines": []})
    return await streamed(_inline(own, log), "application/json")


@answers(shape=shapes.LogUrl, refusals=(HTTPStatus.NOT_FOUND,))
async def get_log_url(request: Request, own: Own, caller: SignedIn, step_id: StepId) -> Response:
    """Get an address of the log of a step

    Temporary and signed: whoever has it may read this one log as plain text, without a key.
    """
    log = await find_step_log(own.decisions.store, caller.actor, step_id)
    return json_answer({"url": _link(request, own, log)})


@answers(
    shape=None,
    media_type="text/plain",
    refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS),
)
async def get_linked_log(
    request: Request,
    own: Own,
    token: Annotated[str, Path(max_length=200, description="What a `log-url` ends with.")],
) -> Response:
    """Read a log by its address

    The lines of the log as they are there now. An address that has expired answers 403.
    """
    own.address_limit.read(request)
    async with own.address_limit.trying(request, token):
        name = own.links.check(token, own.clock())
    log = await find_linked_log(own.decisions.store, name)
    return await streamed(_text(own, log), "text/plain; charset=utf-8")


def _link(request: Request, own: Services, log: StepLog) -> str:
    token = own.links.sign(link_name(log), own.clock(), LINK_LIFE)
    return link_to(request, f"/v1/task-logs/{token}")


async def _text(own: Services, log: StepLog) -> AsyncGenerator[bytes]:
    async with aclosing(read_step_log(own.logs, log)) as blocks:
        async for block in blocks:
            yield f"{block['text']}\n".encode()


async def _inline(own: Services, log: StepLog) -> AsyncGenerator[bytes]:
    """The answer with its lines, which may be more than fit into memory."""
    before = encoded({"status": log.status, "streamId": None, "url": None})[:-1] + b',"lines":['
    count = 0
    async with aclosing(read_step_log(own.logs, log)) as blocks:
        async for block in blocks:
            lines = _lines(block, count)
            count += len(lines)
            yield before + encoded(lines)[1:-1]
            before = b","
    yield (before if count == 0 else b"") + b"]}"


def _lines(block: dict[str, Any], before: int) -> list[dict[str, Any]]:
    levels = (run["level"] for run in block["runs"] for _ in range(run["count"]))
    texts = block["text"].split("\n")
    return [
        {"sequenceId": number, "level": level, "message": text}
        for number, (level, text) in enumerate(zip(levels, texts, strict=True), before + 1)
    ]
