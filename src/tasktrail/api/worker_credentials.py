"""Which worker asks: the key of a request becomes a worker."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import Annotated, cast

from fastapi import Depends, Header, Request

from tasktrail.actions.work.work_desk import WorkDesk
from tasktrail.api.credentials import KEY_HEADER, SESSION_COOKIE, identified
from tasktrail.api.services import services_of
from tasktrail.errors import ConflictError, InvalidInputError, NotAllowedError, Problem
from tasktrail.model.worker import Worker

CLAIM_HEADER = "Tasktrail-Claim"

_CLAIM = re.compile(r"[0-9a-f]{16,64}")


async def identify_worker(request: Request) -> None:
    """Find out which worker asks, and let it ask once more.

    Raises:
        NotSignedInError: none that is known.
        NotAllowedError: somebody who is no worker.
        TooManyRequestsError: one that asks too often, or an address that has shown too much that
            nobody knows.
    """
    services = services_of(request)
    shown = request.headers.get(KEY_HEADER) or request.cookies.get(SESSION_COOKIE)
    async with services.address_limit.trying(request, shown) if shown else nullcontext():
        worker = await _worker_of(request)
    services.work_limit.take(worker.credential)
    request.state.worker = worker


async def identify_worker_again(request: Request) -> None:
    """Find out which worker asks as of now, for a request that was let in before.

    Raises:
        NotSignedInError: none that is known any more.
    """
    request.state.worker = await _worker_of(request)


def checked_claim(text: str) -> str:
    """A claim as workers make them up.

    Raises:
        InvalidInputError: it is none.
    """
    if not _CLAIM.fullmatch(text):
        raise InvalidInputError(
            "a value does not fit",
            problems=(Problem("a claim is 16 to 64 hexadecimal digits", field="claim"),),
        )
    return text


async def _worker_of(request: Request) -> Worker:
    identification = services_of(request).identification
    key = request.headers.get(KEY_HEADER)
    if key is None:
        await identified(request, identification)
        raise NotAllowedError("this is for workers, and not for people")
    return await identification.of_worker(key)


async def _worker(request: Request) -> Worker:
    return cast("Worker", request.state.worker)


async def _desk(request: Request) -> WorkDesk:
    work = services_of(request).work
    if work is None:
        raise ConflictError(
            "this installation carries out its jobs itself",
            hint="workers get jobs where `tasktrail up --engine temporal` serves the API",
        )
    return work


async def _claim(
    claim: Annotated[
        str, Header(alias=CLAIM_HEADER, description="By which the worker holds the job.")
    ],
) -> str:
    return checked_claim(claim)


AWorker = Annotated[Worker, Depends(_worker)]
"""The parameter by which an endpoint gets the worker that asks."""

Desk = Annotated[WorkDesk, Depends(_desk)]
"""The parameter by which an endpoint gets what workers ask."""

Claim = Annotated[str, Depends(_claim)]
"""The parameter by which an endpoint gets the claim, where it stands in no body."""
