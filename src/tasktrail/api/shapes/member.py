"""Members of an organization."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tasktrail.api.shapes.session import Email, PersonName
from tasktrail.api.shapes.shape import Accepted, Moment, Shape, Wish
from tasktrail.model.author import Role

_LINK = "https://tasktrail.example.com/welcome#Jx1Yt0Wq9cJw6mFqk3d7s5bXo2n8v4aR"

_MEMBER: dict[str, Any] = {
    "userId": 12,
    "name": "Ann",
    "email": "ann@example.com",
    "role": "member",
    "invited": False,
    "createdAt": "2026-11-24T16:12:50.123456Z",
}


class Member(Shape):
    """A person in the organization; `invited` who has no way to sign in yet."""

    model_config = Shape.model_config | {"json_schema_extra": {"examples": [_MEMBER]}}

    user_id: int
    name: str
    email: str
    role: Role
    invited: bool
    created_at: Moment


class MemberList(Shape):
    """A page of members, by name."""

    items: list[Member]
    total_count: int
    next_page: int | None


class NewMember(Wish):
    """Somebody who is to belong to the organization. `name` counts for who is new here."""

    model_config = Wish.model_config | {
        "json_schema_extra": {
            "examples": [{"email": "bea@example.com", "name": "Bea", "role": "member"}]
        }
    }

    email: Email
    name: PersonName
    role: Role = Field(strict=False)


class RoleChange(Wish):
    """Another role."""

    model_config = Wish.model_config | {"json_schema_extra": {"examples": [{"role": "admin"}]}}

    role: Role = Field(strict=False)


class MemberAdded(Accepted):
    """Somebody was added. `link` is there for who is new: it is shown this once, and its person
    sets a password by it."""

    model_config = Shape.model_config | {
        "json_schema_extra": {
            "examples": [{"success": True, "taskId": 4712, "userId": 12, "link": _LINK}]
        }
    }

    user_id: int
    link: str | None


class LinkMade(Accepted):
    """A one-time link was made; it is shown this once."""

    model_config = Shape.model_config | {
        "json_schema_extra": {"examples": [{"success": True, "taskId": 4712, "link": _LINK}]}
    }

    link: str
