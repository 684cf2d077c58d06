"""Errors (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FieldProblem(BaseModel):
    """One value that is wrong."""

    field: str
    code: str
    detail: str


class ProblemDetails(BaseModel):
    """Why a request was refused. `message` says it in short; `errors` names every value that is
    wrong; `instance` is there when support can look something up."""

    model_config = ConfigDict(
        defer_build=True,
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:tasktrail:problem:not_found",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "there is no task 4711",
                    "code": "not_found",
                    "message": "there is no task 4711",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    code: str
    message: str
    errors: list[FieldProblem] = Field(default=[])
