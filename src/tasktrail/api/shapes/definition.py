"""Definitions: what can be run."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tasktrail.actions.may_run import MayRun
from tasktrail.api.shapes.shape import Shape
from tasktrail.model.plan import InputKind, JsonValue, Rerunnable, When

_INPUT: dict[str, Any] = {
    "name": "version",
    "kind": "string",
    "required": True,
    "default": None,
    "choices": [],
    "pattern": r"\d+\.\d+\.\d+",
    "description": "What to deploy",
}

DEFINITION: dict[str, Any] = {
    "name": "deploy",
    "title": "Deploy {{ inputs.version }}",
    "kind": "runbook",
    "description": "Brings a version to the servers",
    "inputs": [_INPUT],
    "inputSchema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "version": {
                "type": "string",
                "description": "What to deploy",
                "pattern": r"^(?:\d+\.\d+\.\d+)$",
            }
        },
        "required": ["version"],
        "additionalProperties": False,
    },
    "rerunnable": "always",
    "support": False,
    "mayRun": "yes",
}


class Input(Shape):
    """A typed input. `default` is null when it is required, and always for a secret."""

    name: str
    kind: InputKind
    required: bool
    default: JsonValue
    choices: list[str]
    pattern: str | None
    description: str


class Definition(Shape):
    """What a kind of task does. `inputSchema` is a JSON Schema of the inputs of `POST /tasks`;
    `support` says whether support may run it without being asked in. `mayRun` says whether you may:
    `with_project` only in projects where you may write, named in `projectIds`. What a submission
    asks for is decided when it comes."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [DEFINITION]}}

    name: str
    title: str
    kind: Literal["runbook", "pipeline", "python"]
    description: str
    inputs: list[Input]
    input_schema: dict[str, Any]
    rerunnable: Rerunnable
    support: bool
    may_run: MayRun


class DefinedStep(Shape):
    """A step of a definition."""

    name: str
    system: bool


class DefinedJob(Shape):
    """A job of a definition. `after` holds the names of the jobs that come before it, `pool` that
    of the machines that may carry it out."""

    name: str
    title: str
    after: list[str]
    when: When
    pool: str
    system: bool
    steps: list[DefinedStep]


class DefinitionWithJobs(Definition):
    """A definition with the jobs that a plan made of sample values has; empty where it makes none
    of these."""

    model_config = Shape.model_config | {
        "json_schema_extra": {"examples": [DEFINITION | {"jobs": []}]}
    }

    jobs: list[DefinedJob]


class BrokenDefinition(Shape):
    """A file of the catalog that cannot be used."""

    name: str
    problems: list[str] = Field(min_length=1)


class DefinitionList(Shape):
    """A page of definitions, by name. `broken` is for owners and admins; empty for others."""

    items: list[Definition]
    broken: list[BrokenDefinition]
    total_count: int
    next_page: int | None
