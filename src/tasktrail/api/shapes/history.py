"""The history of a task."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasktrail.api.shapes.examples import EVENT
from tasktrail.api.shapes.shape import Moment, Shape
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.status import Status


class EventAuthor(Shape):
    """Who caused a change: a person, the robot, Superadmin, or the engine itself."""

    kind: AuthorKind | Literal["engine"]
    name: str
    id: int | None = None
    role: Role | None = None


class Event(Shape):
    """One entry of the history. `from` and `to` are statuses."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [EVENT]}}

    id: int
    at: Moment
    kind: str
    job_name: str | None
    step_name: str | None
    before: Status | None = Field(alias="from")
    after: Status | None = Field(alias="to")
    by: EventAuthor
    message: str | None


class History(Shape):
    """A page of the history of a task, oldest first."""

    items: list[Event]
    total_count: int
    next_page: int | None
