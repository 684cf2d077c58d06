"""What the API says that refuses, as an exception (RFC 9457, rest-contract.md)."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

import httpx2
import msgspec
from msgspec import Struct

from tasktrail.actions.work.held_job import BackedOffError
from tasktrail.errors import (
    ConflictError,
    DefinitionError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    Problem,
    RefusedError,
    StaleClaimError,
    StoreUnavailableError,
    TasktrailError,
)

_REFUSALS: dict[str, type[RefusedError]] = {
    kind.code: kind
    for kind in (
        ConflictError,
        DefinitionError,
        InvalidInputError,
        NotAllowedError,
        NotFoundError,
        NotSignedInError,
    )
}

_LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.TOO_EARLY,
    }
)


class UnaskedError(StoreUnavailableError):
    """The API was not reached, so that it knows nothing of what it was to be asked."""


class _FieldProblem(Struct):
    field: str = ""
    detail: str = ""


class _Problem(Struct):
    code: str
    message: str
    detail: str = ""
    errors: list[_FieldProblem] = []


def error_in(response: httpx2.Response) -> TasktrailError:
    """What a refusal means. One that may be over in a moment is `StoreUnavailableError`."""
    told = _told(response)
    if response.is_server_error or response.status_code in _LATER or told is None:
        said = told.message if told is not None else "in words of its own"
        return StoreUnavailableError(f"the API answered {response.status_code}: {said}")
    if told.code == "backed_off":
        return BackedOffError(0.0)
    if told.code == "stale_claim":
        return StaleClaimError(told.message)
    hint = told.detail.removeprefix(told.message).strip(" ()") or None
    problems = tuple(Problem(one.detail, field=one.field or None) for one in told.errors)
    kind = _REFUSALS.get(told.code, RefusedError)
    return kind(told.message, hint=hint, problems=problems)


def known_size(response: httpx2.Response) -> int | None:
    """The size of a log that is known, where it is another one than was thought."""
    told = _told(response) if response.status_code == HTTPStatus.CONFLICT else None
    if told is None or told.code != "other_size":
        return None
    with suppress(ValueError):
        return max(0, int(response.headers.get("Tasktrail-Size", "")))
    return None


def _told(response: httpx2.Response) -> _Problem | None:
    """The problem; None where a proxy answers in its own words."""
    try:
        return msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
