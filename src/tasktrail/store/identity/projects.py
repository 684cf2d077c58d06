"""Projects of organizations."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.tables import projects


class Project(Struct, frozen=True, kw_only=True):
    """A project of an organization."""

    id: int
    organization_id: int
    name: str
    created_at: Instant


def organization_projects(
    connection: Connection, organization_id: int, only: Iterable[int] | None = None
) -> list[Project]:
    """The projects of an organization, all or `only` some, by name."""
    query = select(projects).where(projects.c.organization_id == organization_id)
    if only is not None:
        query = query.where(projects.c.id.in_(list(only)))
    found = connection.execute(query.order_by(projects.c.name))
    return [record_of(row, Project) for row in found]


def find_project(connection: Connection, organization_id: int, project_id: int) -> Project | None:
    """A project of an organization."""
    found = organization_projects(connection, organization_id, [project_id])
    return found[0] if found else None


def project_named(connection: Connection, organization_id: int, name: str) -> int | None:
    """The id of the project of that name."""
    return connection.execute(
        select(projects.c.id).where(
            projects.c.organization_id == organization_id, projects.c.name == name
        )
    ).scalar_one_or_none()


def add_project(connection: Connection, organization_id: int, name: str, now: Instant) -> int:
    """Enter a project; returns its id."""
    return connection.execute(
        insert(projects)
        .values(organization_id=organization_id, name=name, created_at=now)
        .returning(projects.c.id)
    ).scalar_one()


def rename_project(connection: Connection, project_id: int, name: str) -> None:
    """Give a project another name."""
    connection.execute(update(projects).where(projects.c.id == project_id).values(name=name))
