"""What a route takes: parameters of the query that it knows, and a body that is JSON."""

from __future__ import annotations

from collections.abc import Collection
from email.message import Message
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from tasktrail.api.problem import problem
from tasktrail.definitions.suggestion import suggestion_or_listing


def unknown_parameters(request: Request, known: Collection[str]) -> Response | None:
    """The refusal of a request whose query has parameters that the route does not know; None when
    it knows all. A filter that is not spelled right must not list everything."""
    unknown = [name for name in request.query_params if name not in known]
    if not unknown:
        return None
    listed = sorted(known)
    errors = [
        {"field": name, "code": "unknown_parameter", "detail": _meant(name, listed)}
        for name in unknown
    ]
    count = "a parameter" if len(unknown) == 1 else f"{len(unknown)} parameters"
    message = f"{count} of the query {'is' if len(unknown) == 1 else 'are'} not known here"
    return problem(HTTPStatus.BAD_REQUEST, "unknown_parameter", message, errors=errors)


def body_of_another_type(request: Request, body: bytes) -> Response | None:
    """The refusal of a body that is said to be something else than JSON; None when it is not, or
    there is none."""
    if not body or _is_json(request.headers.get("content-type", "")):
        return None
    return problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE.name.lower(),
        "the body must be JSON, and say so: Content-Type: application/json",
        headers={"Accept": "application/json"},
    )


def _meant(name: str, known: list[str]) -> str:
    hint = suggestion_or_listing(name, known, "known here")
    said = "there is no such parameter"
    return said if hint is None else f"{said}; {hint}"


def _is_json(content_type: str) -> bool:
    """As FastAPI judges it, which would take everything else for text."""
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )
