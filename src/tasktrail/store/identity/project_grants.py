"""Rights in projects, given to people and teams."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from tasktrail.model.access import ProjectRole
from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.identity.tables import project_grants, teams, users
from tasktrail.store.tables import projects


class ProjectGrant(Struct, frozen=True, kw_only=True):
    """A role in a project for one person or one team; `holder` is who has it, by name."""

    id: int
    project_id: int
    user_id: int | None
    team_id: int | None
    role: ProjectRole
    created_at: Instant
    user_name: str | None
    team_name: str | None

    @property
    def holder(self) -> str:
        """Who has it, for people."""
        return f"{self.user_name}" if self.team_id is None else f"the team {self.team_name}"


_GRANTS = (
    select(project_grants, users.c.name.label("user_name"), teams.c.name.label("team_name"))
    .select_from(project_grants)
    .outerjoin(users, users.c.id == project_grants.c.user_id)
    .outerjoin(teams, teams.c.id == project_grants.c.team_id)
)


def grants_on(connection: Connection, project_id: int) -> list[ProjectGrant]:
    """What was granted in a project, the oldest first."""
    found = connection.execute(
        _GRANTS.where(project_grants.c.project_id == project_id).order_by(project_grants.c.id)
    )
    return [record_of(row, ProjectGrant) for row in found]


def find_grant(connection: Connection, grant_id: int) -> ProjectGrant | None:
    """One of them."""
    found = connection.execute(_GRANTS.where(project_grants.c.id == grant_id)).one_or_none()
    return record_of(found, ProjectGrant) if found is not None else None


def give_role(
    connection: Connection,
    project_id: int,
    role: ProjectRole,
    now: Instant,
    *,
    user_id: int | None,
    team_id: int | None,
) -> int:
    """Give a person or a team a role in a project, in place of the one it has; the grant's id."""
    changed = connection.execute(
        update(project_grants)
        .where(
            project_grants.c.project_id == project_id,
            project_grants.c.user_id == user_id,
            project_grants.c.team_id == team_id,
        )
        .values(role=int(role))
        .returning(project_grants.c.id)
    ).scalar_one_or_none()
    if changed is not None:
        return changed
    return connection.execute(
        insert(project_grants)
        .values(
            project_id=project_id,
            user_id=user_id,
            team_id=team_id,
            role=int(role),
            created_at=now,
        )
        .returning(project_grants.c.id)
    ).scalar_one()


def remove_grant(connection: Connection, grant_id: int) -> None:
    """Take it back."""
    connection.execute(delete(project_grants).where(project_grants.c.id == grant_id))


def remove_grants_of(connection: Connection, organization_id: int, user_id: int) -> None:
    """Take back all that a person was given in the projects of an organization."""
    there = select(projects.c.id).where(projects.c.organization_id == organization_id)
    connection.execute(
        delete(project_grants).where(
            project_grants.c.user_id == user_id, project_grants.c.project_id.in_(there)
        )
    )
