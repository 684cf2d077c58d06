"""What is asked for when a task is made."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StringConstraints,
    Tag,
)

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.shapes.shape import Wish
from tasktrail.model.plan import JsonValue

_Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
_Ids = Annotated[list[_Id], Field(max_length=100)]
_Name = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
]
"""Not empty, nor made of white space alone; no database holds a NUL."""


class Repeat(BaseModel):
    """How a task is run again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"force": False}]})

    force: StrictBool


class Submission(Wish):
    """A task to be run: the name of its definition, and its inputs.

    `projectIds` are the projects that it links beside those that its definition names; `notBefore`
    keeps it from starting earlier. With `force` errors of the user are warnings, and it goes on.
    """

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [{"definition": "deploy", "inputs": {"version": "1.4.2"}}]
        }
    }

    definition: _Name
    inputs: dict[str, JsonValue] = Field(default={})
    project_ids: _Ids = Field(default=[])
    force: bool = False
    not_before: Annotated[AwareDatetime, Field(strict=False)] | None = None


class LinkedResource(Wish):
    """A thing of the platform that the task is about."""

    kind: _Name
    id: _Id | _Name


class Record(Wish):
    """Something that was done already, to be recorded as an immediate task. `silent` keeps it out
    of the tasks widget."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "immediate": True,
                    "name": "member.invite",
                    "title": "Bea was invited",
                    "resources": [{"kind": "app", "id": 7}],
                }
            ]
        }
    }

    immediate: Literal[True]
    name: _Name
    title: _Name
    silent: bool = False
    project_ids: _Ids = Field(default=[])
    resources: Annotated[list[LinkedResource], Field(max_length=100)] = Field(default=[])


TAGS = ("submission", "record")


def _tag(body: object) -> str:
    immediate = cast("dict[str, object]", body).get("immediate") if isinstance(body, dict) else None
    return "record" if immediate is True else "submission"


NewTask = Annotated[
    Annotated[Submission, Tag("submission")] | Annotated[Record, Tag("record")],
    Discriminator(_tag),
]
"""The body of `POST /tasks`: what says `immediate` is recorded, everything else is run."""
