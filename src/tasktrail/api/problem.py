"""Every error as `application/problem+json` (RFC 9457, rest-contract.md "General")."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tasktrail import errors
from tasktrail.api.answer import json_answer
from tasktrail.api.shapes.submission import TAGS

MEDIA_TYPE = "application/problem+json"

MOST_ERRORS = 100
"""Wrong values that one answer names, so that it is not longer than what it refuses; its message
says how many there are."""

_log = logging.getLogger(__name__)

_STATUSES: tuple[tuple[type[errors.TasktrailError], HTTPStatus], ...] = (
    (errors.NotSignedInError, HTTPStatus.UNAUTHORIZED),
    (errors.TooManyRequestsError, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.NotFoundError, HTTPStatus.NOT_FOUND),
    (errors.NotAllowedError, HTTPStatus.FORBIDDEN),
    (errors.ConflictError, HTTPStatus.CONFLICT),
    (errors.InvalidInputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.DefinitionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.StoreUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.LogStoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The first that fits counts. Whatever is not here is a fault of ours."""

_RETRY_SOON = {"Retry-After": "1"}


async def answer_error(_: Request, error: Exception) -> Response:
    """The answer to a request that was refused.

    Raises:
        Exception: `error` itself, if it is no refusal but a fault.
    """
    match error:
        case RequestValidationError():
            return of_values(error)
        case HTTPException():
            return _of_http(error)
        case errors.StaleClaimError():
            return problem(HTTPStatus.CONFLICT, "stale_claim", str(error))
        case errors.RefusedError() | errors.StoreUnavailableError():
            status = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
            if status is not None:
                return _of_refusal(error, status)
        case _:
            pass
    raise error


def of_values(error: RequestValidationError) -> Response:
    """The answer to a request whose values do not fit; it names all of them."""
    problems = [
        {"field": _field(found["loc"]), "code": found["type"], "detail": _said(found)}
        for found in error.errors()
    ]
    count = "a value does" if len(problems) == 1 else f"{len(problems)} values do"
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", f"{count} not fit", errors=problems
    )


def of_fault(reference: str) -> Response:
    """The answer when something went wrong here: a reference that support can look up, no more."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"something went wrong here; please contact support with the reference {reference}",
        instance=f"urn:tasktrail:reference:{reference}",
    )


def problem(
    status: HTTPStatus,
    code: str,
    message: str,
    *,
    detail: str | None = None,
    instance: str | None = None,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem. `message` says what is wrong, `detail` also what to do if that is known."""
    content: dict[str, Any] = {
        "type": f"urn:tasktrail:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail or message,
        "code": code,
        "message": message,
    }
    if instance is not None:
        content["instance"] = instance
    if errors:
        content["errors"] = errors[:MOST_ERRORS]
    return json_answer(content, status, headers, MEDIA_TYPE)


def _of_http(error: HTTPException) -> Response:
    """What Starlette and FastAPI refuse by themselves: paths and methods that there are not."""
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    headers = None if error.headers is None else dict(error.headers)
    return problem(status, code, str(error.detail), headers=headers)


def _of_refusal(
    error: errors.RefusedError | errors.StoreUnavailableError, status: HTTPStatus
) -> Response:
    if isinstance(error, errors.StoreUnavailableError):
        _log.error("the records could not be reached: %s", error)
        message = "the records cannot be reached at the moment"
        return problem(status, "store_unavailable", message, headers=_RETRY_SOON)
    problems = [
        {"field": one.field or "", "code": "invalid", "detail": _told(one.message, one.hint)}
        for one in error.problems
    ]
    return problem(
        status,
        error.code,
        error.message,
        detail=_told(error.message, error.hint),
        errors=problems,
        headers=_headers_of(error),
    )


def _headers_of(error: errors.RefusedError) -> dict[str, str] | None:
    match error:
        case errors.TooManyRequestsError():
            return {"Retry-After": str(math.ceil(error.retry_after))}
        case errors.NotSignedInError():
            return {"WWW-Authenticate": 'ApiKey header="X-API-KEY"'}
        case errors.LogStoreError():
            return _RETRY_SOON
        case _:
            return None


_NO_OBJECT = frozenset({"model_attributes_type", "model_type"})


def _said(found: dict[str, Any]) -> str:
    """What pydantic says; of a body as a whole, what people say."""
    if found["type"] == "json_invalid":
        return f"the body is no JSON: {found['ctx']['error']}"
    if _field(found["loc"]) == "body":
        if found["type"] == "missing":
            return "there is no body"
        if found["type"] in _NO_OBJECT:
            return "the body must be an object"
    return found["msg"]


def _told(message: str, hint: str | None) -> str:
    return message if hint is None else f"{message} ({hint})"


def _field(location: tuple[int | str, ...]) -> str:
    """`body.inputs.version` is shown as `inputs.version`."""
    place, *inside = location
    if place == "body":
        # Which of several shapes was tried is nothing that a client has written.
        inside = inside[1:] if inside and inside[0] in TAGS else inside
        if inside and isinstance(inside[0], int):
            inside = []  # the offset of what is no JSON
    return ".".join(str(part) for part in inside) or str(place)
