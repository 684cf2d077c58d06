"""Projects of an organization, and who may do what there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tasktrail.actions.task_query import LARGEST_ID
from tasktrail.api.shapes.organization import Name
from tasktrail.api.shapes.shape import Moment, Shape, Wish

RoleInProject = Literal["read", "write", "admin"]
"""Each includes the ones before it."""

_PROJECT: dict[str, Any] = {
    "id": 3,
    "name": "shop",
    "role": "write",
    "createdAt": "2026-11-24T16:12:50.123456Z",
}

_GRANT: dict[str, Any] = {"id": 8, "userId": 12, "teamId": None, "name": "Ann", "role": "write"}

_Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class ProjectOfOrganization(Shape):
    """A project. `role` is what you were given in it, yourself or through a team; null for who has
    rights in all projects of the organization."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_PROJECT]}}

    id: int
    name: str
    role: RoleInProject | None
    created_at: Moment


class ProjectList(Shape):
    """A page of the projects that you may see, by name."""

    items: list[ProjectOfOrganization]
    total_count: int
    next_page: int | None


class NewProject(Wish):
    """What a project is called."""

    model_config = Wish.model_config | {"json_schema_extra": {"examples": [{"name": "shop"}]}}

    name: Name


class Grant(Shape):
    """What a person or a team may do in a project; `name` is of that one."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_GRANT]}}

    id: int
    user_id: int | None
    team_id: int | None
    name: str
    role: RoleInProject


class GrantList(Shape):
    """A page of grants, the oldest first."""

    items: list[Grant]
    total_count: int
    next_page: int | None


class NewGrant(Wish):
    """A role in a project for a member or for a team, in place of the one it has. A team has
    `write` at most."""

    model_config = Wish.model_config | {
        "json_schema_extra": {"examples": [{"userId": 12, "role": "write"}]}
    }

    user_id: _Id | None = None
    team_id: _Id | None = None
    role: RoleInProject
