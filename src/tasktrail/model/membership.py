"""Who may make whom what in an organization (access.md): nobody gives a right that they lack."""

from __future__ import annotations

from tasktrail.model.author import Role
from tasktrail.model.permission import Permission

_ABOVE_ADMINS = frozenset({Role.OWNER, Role.ADMIN})


def membership_needs(before: Role | None, after: Role | None) -> Permission:
    """What somebody must be allowed to for bringing a member from one role to another.

    None stands for no membership. Owners and admins are made and unmade by owners only; so is who
    opens the organization to a person of the platform's support. To send such a person away, an
    admin is enough.
    """
    touched = {before, after}
    if touched & _ABOVE_ADMINS or after is Role.SUPPORT:
        return Permission.MANAGE_OWNERS
    return Permission.MANAGE_MEMBERS
