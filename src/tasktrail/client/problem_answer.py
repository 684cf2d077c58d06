"""The exception that a problem response tells of (RFC 9457, rest-contract.md)."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

import httpx2
import msgspec
from msgspec import Struct

from tasktrail.errors import (
    ConnectionLostError,
    Problem,
    TasktrailError,
    TooManyRequestsError,
)
from tasktrail.local.failure import Failure, error_of


class FieldProblem(Struct):
    """One value that does not fit."""

    field: str = ""
    detail: str = ""


class ProblemAnswer(Struct):
    """What a server says that refuses."""

    code: str
    message: str
    detail: str = ""
    errors: list[FieldProblem] = []


def error_in(response: httpx2.Response) -> TasktrailError:
    """The exception that is of the same class as the one that the server met."""
    try:
        told = msgspec.json.decode(response.content, type=ProblemAnswer)
    except msgspec.MsgspecError:
        # A proxy answers in its own words.
        return ConnectionLostError(f"the server answered {response.status_code}")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return TooManyRequestsError(told.message, retry_after=_seconds(response))
    if response.is_server_error and told.code != "store_unavailable":
        return TasktrailError(told.message)
    hint = told.detail.removeprefix(told.message).strip(" ()") or None
    problems = tuple(Problem(one.detail, field=one.field or None) for one in told.errors)
    return error_of(Failure(code=told.code, message=told.message, hint=hint, problems=problems))


def _seconds(response: httpx2.Response) -> float:
    with suppress(ValueError):
        return float(response.headers.get("Retry-After", "1"))
    return 1.0
