"""Who may do what to a task: one pure function over one table, default deny (M6-M8).

What is not in the table is not allowed. Definitions, projects, people and grants are the caller's
to look up; a list of tasks is filtered by the same rules in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from tasktrail.model.author import Author, AuthorKind, Role


class Permission(StrEnum):
    """What can be done to a task. `see_system` covers system jobs and steps, and tracebacks."""

    SEE = "task:see"
    SEE_SYSTEM = "task:see_system"
    SUBMIT = "task:submit"
    RERUN = "task:rerun"
    CANCEL = "task:cancel"


class ProjectRole(IntEnum):
    """What a person may do in a project; each includes the ones before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts in an organization, with the rights of this moment.

    `projects` holds the highest role in each project, given in person or through a team;
    `support_definitions` the definitions that the organization's owner has opened to support beside
    those that say `support: true`.
    """

    author: Author
    organization_id: int
    projects: dict[int, ProjectRole] = field(default_factory=dict[int, ProjectRole])
    support_definitions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a task touches, whether it exists or is only about to.

    `author` is the task's own, None for one that is about to be submitted. `support` is what its
    definition says about support members.
    """

    organization_id: int
    definition: str
    project_ids: frozenset[int] = frozenset()
    support: bool = False
    author: Author | None = None


class _Standing(StrEnum):
    """As what an actor asks."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    SUPPORT = "support"
    ROBOT = "robot"
    SUPERADMIN = "superadmin"


class _Condition(StrEnum):
    """What must hold beside the standing."""

    NONE = "none"
    READS_ONE = "reads one of its projects"
    WRITES_ALL = "writes in all of its projects, and it has one"
    OWN_AND_WRITES_ALL = "is its author, and still allowed to submit it"
    OPENED = "its definition is opened to support"


_ALL = dict.fromkeys(Permission, _Condition.NONE)
_ALL_VISIBLE = {key: _Condition.NONE for key in Permission if key is not Permission.SEE_SYSTEM}

_RULES: dict[_Standing, dict[Permission, _Condition]] = {
    _Standing.OWNER: _ALL_VISIBLE,
    _Standing.ADMIN: _ALL_VISIBLE,
    _Standing.MEMBER: {
        Permission.SEE: _Condition.READS_ONE,
        Permission.SUBMIT: _Condition.WRITES_ALL,
        Permission.RERUN: _Condition.WRITES_ALL,
        Permission.CANCEL: _Condition.OWN_AND_WRITES_ALL,
    },
    _Standing.SUPPORT: {
        Permission.SEE: _Condition.NONE,
        Permission.SEE_SYSTEM: _Condition.NONE,
        Permission.SUBMIT: _Condition.OPENED,
        Permission.RERUN: _Condition.OPENED,
        Permission.CANCEL: _Condition.OPENED,
    },
    _Standing.ROBOT: _ALL_VISIBLE,
    _Standing.SUPERADMIN: _ALL,
}


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Whether `actor` has `permission` on what `scope` describes.

    Nobody has any on a task of another organization.
    """
    if actor.organization_id != scope.organization_id:
        return False
    standing = _standing_of(actor.author)
    condition = _RULES[standing].get(permission) if standing else None
    return condition is not None and _holds(condition, actor, scope)


def highest(roles: Iterable[ProjectRole]) -> ProjectRole | None:
    """The role that counts when a person has several in one project."""
    return max(roles, default=None)


def _standing_of(author: Author) -> _Standing | None:
    match author.kind:
        case AuthorKind.ROBOT:
            return _Standing.ROBOT
        case AuthorKind.SUPERADMIN:
            return _Standing.SUPERADMIN
        case AuthorKind.USER:
            return _standing_of_role(author.role)


def _standing_of_role(role: Role | None) -> _Standing | None:
    return None if role is None else _Standing(role.value)


def _holds(condition: _Condition, actor: Actor, scope: Scope) -> bool:
    match condition:
        case _Condition.NONE:
            return True
        case _Condition.READS_ONE:
            return not scope.project_ids.isdisjoint(actor.projects)
        case _Condition.WRITES_ALL:
            return _writes_all(actor, scope)
        case _Condition.OWN_AND_WRITES_ALL:
            return _is_author(actor.author, scope.author) and _writes_all(actor, scope)
        case _Condition.OPENED:
            return scope.support or scope.definition in actor.support_definitions


def _writes_all(actor: Actor, scope: Scope) -> bool:
    roles = [actor.projects.get(project_id) for project_id in scope.project_ids]
    return bool(roles) and all(role is not None and role >= ProjectRole.WRITE for role in roles)


def _is_author(asking: Author, author: Author | None) -> bool:
    """By id: a name may change, and a robot or Superadmin is nobody in person."""
    return author is not None and asking.id is not None and asking.id == author.id
