"""Who may do what: one pure function over the table in `permission.py`, default deny (M6-M8).

What is not in the table is not allowed. Definitions, projects, people and grants are the caller's
to look up; a list of tasks is filtered by the same rules in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from tasktrail.model.author import Author
from tasktrail.model.permission import Condition, Permission, condition_of


class ProjectRole(IntEnum):
    """What a person may do in a project; each includes the ones before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


EVERY_DEFINITION = "*"
"""In a support grant: whatever definition there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts in an organization, with the rights of this moment.

    Attributes:
        projects: the highest role in each project, given in person or through a team.
        support_definitions: what the organization's owner has opened to support, by grants that
            are open now; `EVERY_DEFINITION` stands for all.
        support_default: whether definitions that say `support: true` are open to support without
            a grant.
    """

    author: Author
    organization_id: int
    projects: dict[int, ProjectRole] = field(default_factory=dict[int, ProjectRole])
    support_definitions: frozenset[str] = frozenset()
    support_default: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is touched: a task, whether it exists or is only about to, or something else of an
    organization.

    Attributes:
        definition: the task's; empty for what is no task.
        project_ids: the projects that the task links, or the project itself.
        support: what the task's definition says about support members.
        author: the task's own; None for one that is about to be submitted.
    """

    organization_id: int
    definition: str = ""
    project_ids: frozenset[int] = frozenset()
    support: bool = False
    author: Author | None = None


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Whether `actor` has `permission` on what `scope` describes.

    Nobody has any on what belongs to another organization.
    """
    if actor.organization_id != scope.organization_id:
        return False
    condition = condition_of(actor.author, permission)
    return condition is not None and _holds(condition, actor, scope)


def allows_in_organization(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` has `permission` on the organization as a whole."""
    return allows(actor, permission, Scope(organization_id=actor.organization_id))


def highest(roles: Iterable[ProjectRole]) -> ProjectRole | None:
    """The role that counts when a person has several in one project."""
    return max(roles, default=None)


def opens(actor: Actor, scope: Scope) -> bool:
    """Whether a task's definition is opened to support, for ever or by a grant."""
    opened = actor.support_definitions
    return (
        (scope.support and actor.support_default)
        or scope.definition in opened
        or EVERY_DEFINITION in opened
    )


def _holds(condition: Condition, actor: Actor, scope: Scope) -> bool:
    match condition:
        case Condition.NONE:
            return True
        case Condition.READS_ONE:
            return not scope.project_ids.isdisjoint(actor.projects)
        case Condition.WRITES_ALL:
            return _has_in_all(actor, scope, ProjectRole.WRITE)
        case Condition.ADMINISTERS_ALL:
            return _has_in_all(actor, scope, ProjectRole.ADMIN)
        case Condition.OWN_AND_WRITES_ALL:
            own = _is_author(actor.author, scope.author)
            return own and _has_in_all(actor, scope, ProjectRole.WRITE)
        case Condition.OPENED:
            return opens(actor, scope)


def _has_in_all(actor: Actor, scope: Scope, least: ProjectRole) -> bool:
    roles = [actor.projects.get(project_id) for project_id in scope.project_ids]
    return bool(roles) and all(role is not None and role >= least for role in roles)


def _is_author(asking: Author, author: Author | None) -> bool:
    """By id: a name may change, and a robot or Superadmin is nobody in person."""
    return author is not None and asking.id is not None and asking.id == author.id
