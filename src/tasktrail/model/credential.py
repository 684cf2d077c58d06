"""Kinds of credentials."""

from __future__ import annotations

from enum import StrEnum


class KeyKind(StrEnum):
    """As whom an API key acts: with the rights of its maker, as the robot, or as Superadmin."""

    USER = "user"
    ROBOT = "robot"
    SUPERADMIN = "superadmin"


class LinkPurpose(StrEnum):
    """What a one-time link is for: setting the password of the first owner, of somebody new, or
    of somebody who has lost it."""

    FIRST_OWNER = "first_owner"
    INVITATION = "invitation"
    RESET = "reset"
