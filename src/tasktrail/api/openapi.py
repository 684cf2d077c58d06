"""What the OpenAPI document says beside what FastAPI finds in the endpoints."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tasktrail.api.credentials import KEY_HEADER, SESSION_COOKIE
from tasktrail.api.problem import MEDIA_TYPE
from tasktrail.api.shapes.problem import ProblemDetails

_SCHEMAS = "#/components/schemas/{model}"

_SECURITY_SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": KEY_HEADER,
        "description": "Belongs to one organization, and acts with the rights of who made it.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Of a person who signed in, for the pages of this server.",
    },
}


def reference_to(schema: str) -> dict[str, str]:
    """The schema of that name."""
    return {"$ref": _SCHEMAS.format(model=schema)}


def problem_answers(statuses: Iterable[HTTPStatus]) -> dict[int | str, dict[str, Any]]:
    """The description of answers that are problems."""
    content = {MEDIA_TYPE: {"schema": reference_to(ProblemDetails.__name__)}}
    return {
        int(status): {"description": status.phrase, "content": content}
        for status in sorted(statuses)
    }


def complete(document: dict[str, Any], shapes: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """`document` with the schemas of answers, and with how requests are signed."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    answers = [(shape, "serialization") for shape in dict.fromkeys((*shapes, ProblemDetails))]
    _, made = models_json_schema(cast("Any", answers), ref_template=_SCHEMAS)
    schemas.update(made["$defs"])
    components["securitySchemes"] = _SECURITY_SCHEMES
    document["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    return document
