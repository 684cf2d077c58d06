"""What all shapes have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

Moment = Annotated[datetime, Field(description="RFC 3339, in UTC.")]

Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=1000)]
"""A text that is asked for; no database holds a NUL."""


class Shape(BaseModel):
    """An object of an answer: all of its fields are always there, null where they say so."""

    # Only the document needs the schemas, and only when somebody asks for it.
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", defer_build=True
    )


class Wish(BaseModel):
    """An object of a request. Values are taken as they are: a text is no number. What is not
    known is refused, so that nobody believes to have set it."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True
    )


class Accepted(Shape):
    """Something was accepted; `taskId` is the task that records it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"success": True, "taskId": 4712}]})

    success: bool
    task_id: int
