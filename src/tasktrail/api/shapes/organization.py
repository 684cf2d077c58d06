"""Organizations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from tasktrail.api.shapes.shape import Moment, Shape, Wish
from tasktrail.model.author import Role

_ORGANIZATION: dict[str, Any] = {
    "id": 1,
    "name": "acme",
    "role": "owner",
    "supportDefault": True,
    "renamable": False,
    "createdAt": "2026-11-24T16:12:50.123456Z",
}

Name = Annotated[str, StringConstraints(max_length=200)]
"""What something is called; it is not empty."""


class Organization(Shape):
    """An organization. `role` is what you are there, null for who is no person; `supportDefault`
    says whether support may run definitions with `support: true` without being let in. `renamable`
    is false for the one that the installation works for, whose name is in config.toml."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_ORGANIZATION]}}

    id: int
    name: str
    role: Role | None
    support_default: bool
    renamable: bool
    created_at: Moment


class OrganizationList(Shape):
    """A page of organizations."""

    items: list[Organization]
    total_count: int
    next_page: int | None


class OrganizationChange(Wish):
    """What is to change; what is left out stays."""

    model_config = Wish.model_config | {
        "json_schema_extra": {"examples": [{"supportDefault": False}]}
    }

    name: Name | None = None
    support_default: bool | None = None
