"""What a person may do in an organization at this moment."""

from __future__ import annotations

import json

from sqlalchemy import Connection, or_, select

from tasktrail.model.access import Actor, ProjectRole, highest
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.instant import Instant
from tasktrail.store.identity.tables import (
    memberships,
    project_grants,
    support_grants,
    team_members,
    teams,
    users,
)
from tasktrail.store.tables import organizations, projects


def actor_of_user(
    connection: Connection, user_id: int, organization_id: int, now: Instant
) -> Actor | None:
    """The person with the rights of this moment; None for who has none in the organization.

    Who is disabled has none, and neither has who is its support but not of the platform's staff.
    """
    found = connection.execute(
        select(users.c.name, users.c.staff, memberships.c.role, organizations.c.support_default)
        .join_from(users, memberships, memberships.c.user_id == users.c.id)
        .join(organizations, organizations.c.id == memberships.c.organization_id)
        .where(
            users.c.id == user_id,
            users.c.disabled_at.is_(None),
            memberships.c.organization_id == organization_id,
        )
    ).one_or_none()
    if found is None:
        return None
    role = Role(found.role)
    if role is Role.SUPPORT and not found.staff:
        return None
    opened = (
        opened_definitions(connection, organization_id, now)
        if role is Role.SUPPORT
        else frozenset[str]()
    )
    return Actor(
        author=Author(kind=AuthorKind.USER, name=found.name, id=user_id, role=role),
        organization_id=organization_id,
        # The others need none: nothing that they may do depends on it.
        projects=_project_roles(connection, user_id, organization_id)
        if role is Role.MEMBER
        else {},
        support_definitions=opened,
        support_default=bool(found.support_default),
    )


def opened_definitions(
    connection: Connection, organization_id: int, now: Instant
) -> frozenset[str]:
    """The definitions that grants which are open at `now` open to support."""
    found = connection.execute(
        select(support_grants.c.definitions).where(
            support_grants.c.organization_id == organization_id,
            support_grants.c.closed_at.is_(None),
            support_grants.c.expires_at > now,
        )
    )
    return frozenset(name for text in found.scalars() for name in json.loads(text))


def _project_roles(
    connection: Connection, user_id: int, organization_id: int
) -> dict[int, ProjectRole]:
    of_teams = (
        select(team_members.c.team_id)
        .join(teams, teams.c.id == team_members.c.team_id)
        .where(team_members.c.user_id == user_id, teams.c.organization_id == organization_id)
    )
    found = connection.execute(
        select(project_grants.c.project_id, project_grants.c.role)
        .join(projects, projects.c.id == project_grants.c.project_id)
        .where(
            projects.c.organization_id == organization_id,
            or_(project_grants.c.user_id == user_id, project_grants.c.team_id.in_(of_teams)),
        )
    )
    roles: dict[int, ProjectRole] = {}
    for row in found:
        given = ProjectRole(row.role)
        roles[row.project_id] = highest((given, roles.get(row.project_id, given))) or given
    return roles
