"""Teams of an organization."""

from __future__ import annotations

from typing import Any

from tasktrail.api.shapes.organization import Name
from tasktrail.api.shapes.shape import Accepted, Shape, Wish

_TEAM: dict[str, Any] = {"id": 5, "name": "ops", "members": [{"userId": 12, "name": "Ann"}]}


class TeamMember(Shape):
    """A person in a team."""

    user_id: int
    name: str


class Team(Shape):
    """Members of the organization who are given rights in projects together."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_TEAM]}}

    id: int
    name: str
    members: list[TeamMember]


class TeamList(Shape):
    """A page of teams, by name."""

    items: list[Team]
    total_count: int
    next_page: int | None


class NewTeam(Wish):
    """What a team is called."""

    model_config = Wish.model_config | {"json_schema_extra": {"examples": [{"name": "ops"}]}}

    name: Name


class Made(Accepted):
    """Something was made; `id` is its id."""

    model_config = Shape.model_config | {
        "json_schema_extra": {"examples": [{"success": True, "taskId": 4712, "id": 5}]}
    }

    id: int
