"""Who a task is by (M6)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class AuthorKind(StrEnum):
    """What kind of author acts."""

    USER = "user"
    ROBOT = "robot"
    SUPERADMIN = "superadmin"


class Role(StrEnum):
    """The role that a person had in the organization when acting."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    SUPPORT = "support"


class Author(Struct, frozen=True, kw_only=True):
    """The author of a task or of a change to it, as it was at that time.

    `id` is the person's, None for the robot, for Superadmin, and for who works at the machine of
    the installation itself; `role` is None for the first two.
    """

    kind: AuthorKind
    name: str
    id: int | None = None
    role: Role | None = None


def robot(name: str) -> Author:
    """The platform's automation, under its configured name (such as "Wodbot")."""
    return Author(kind=AuthorKind.ROBOT, name=name)


def superadmin(name: str = "Superadmin") -> Author:
    """The support team's technical actions outside the dashboard."""
    return Author(kind=AuthorKind.SUPERADMIN, name=name)
