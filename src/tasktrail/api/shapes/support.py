"""Support access: what owners have opened to the platform's support."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from tasktrail.api.shapes.shape import Accepted, Moment, Shape, Wish

_GRANT: dict[str, Any] = {
    "id": 2,
    "definitions": ["deploy"],
    "reason": "The shop does not start after the last release",
    "openedBy": {"id": 12, "name": "Ann"},
    "openedAt": "2026-11-24T16:12:50.123456Z",
    "expiresAt": "2026-11-25T16:12:50.123456Z",
    "closedAt": None,
    "closedBy": None,
}

_Definition = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SomebodyNamed(Shape):
    """Who it was; `id` is null for who worked at the machine of the installation."""

    id: int | None
    name: str


class SupportGrant(Shape):
    """Support access. `definitions` are those whose tasks support may run, `*` stands for all;
    `closedBy` is null for access that is open or has expired."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_GRANT]}}

    id: int
    definitions: list[str]
    reason: str
    opened_by: SomebodyNamed
    opened_at: Moment
    expires_at: Moment
    closed_at: Moment | None
    closed_by: SomebodyNamed | None


class SupportGrantList(Shape):
    """A page of support access, the newest first."""

    items: list[SupportGrant]
    total_count: int
    next_page: int | None


class NewSupportGrant(Wish):
    """Which definitions are to be open to support, why, and until when: at least a minute, at
    most 30 days."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "definitions": ["deploy"],
                    "reason": "The shop does not start after the last release",
                    "expiresAt": "2026-11-25T16:12:50Z",
                }
            ]
        }
    }

    definitions: Annotated[list[_Definition], Field(min_length=1, max_length=100)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    expires_at: Annotated[AwareDatetime, Field(strict=False)]


class SupportClosed(Accepted):
    """Support access was closed; `canceledTaskIds` are the tasks of support that end by it."""

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [{"success": True, "taskId": 4712, "canceledTaskIds": [4711]}]
        }
    }

    canceled_task_ids: list[int]
