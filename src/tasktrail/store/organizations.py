"""Organizations and their projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from tasktrail.model.instant import Instant
from tasktrail.store.identity.record import record_of
from tasktrail.store.tables import organizations, projects, task_projects


def ensure_organization(connection: Connection, name: str, now: Instant) -> int:
    """The id of the organization of that name, made when there is none."""
    found = connection.execute(
        select(organizations.c.id).where(organizations.c.name == name)
    ).scalar_one_or_none()
    if found is not None:
        return found
    return connection.execute(
        insert(organizations).values(name=name, created_at=now).returning(organizations.c.id)
    ).scalar_one()


def ensure_projects(
    connection: Connection, organization_id: int, names: Iterable[str], now: Instant
) -> tuple[int, ...]:
    """The ids of the projects of these names, made where there is none."""
    return named_projects(connection, organization_id, names, now).ids


@dataclass(frozen=True, slots=True)
class NamedProjects:
    """Projects by their names, in that order; those that were `made` for it, with their ids."""

    ids: tuple[int, ...]
    made: dict[int, str]


NO_PROJECTS = NamedProjects((), {})


def named_projects(
    connection: Connection, organization_id: int, names: Iterable[str], now: Instant
) -> NamedProjects:
    """The projects of these names, made where there is none."""
    made: dict[int, str] = {}
    wanted = list(dict.fromkeys(names))
    found = projects_called(connection, organization_id, wanted)
    for name in wanted:
        if name not in found:
            found[name] = connection.execute(
                insert(projects)
                .values(organization_id=organization_id, name=name, created_at=now)
                .returning(projects.c.id)
            ).scalar_one()
            made[found[name]] = name
    return NamedProjects(tuple(found[name] for name in wanted), made)


def projects_called(
    connection: Connection, organization_id: int, names: Iterable[str]
) -> dict[str, int]:
    """The ids of those projects of these names that there are."""
    found = connection.execute(
        select(projects.c.id, projects.c.name).where(
            projects.c.organization_id == organization_id, projects.c.name.in_(list(names))
        )
    )
    return {row.name: row.id for row in found}


def projects_of(connection: Connection, task_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The ids of the projects that each task links."""
    found: dict[int, tuple[int, ...]] = {}
    for row in connection.execute(
        select(task_projects.c.task_id, task_projects.c.project_id)
        .where(task_projects.c.task_id.in_(list(task_ids)))
        .order_by(task_projects.c.project_id)
    ):
        found[row.task_id] = (*found.get(row.task_id, ()), row.project_id)
    return found


def project_names(connection: Connection, project_ids: Iterable[int]) -> dict[int, str]:
    """The names of projects by id."""
    found = connection.execute(
        select(projects.c.id, projects.c.name).where(projects.c.id.in_(list(project_ids)))
    )
    return {row.id: row.name for row in found}


def projects_in(
    connection: Connection, organization_id: int, project_ids: Iterable[int]
) -> dict[int, str]:
    """The names of those of the projects that are of the organization, by id."""
    found = connection.execute(
        select(projects.c.id, projects.c.name).where(
            projects.c.organization_id == organization_id, projects.c.id.in_(list(project_ids))
        )
    )
    return {row.id: row.name for row in found}


class Organization(Struct, frozen=True, kw_only=True):
    """An organization. `support_default`: definitions that say so are open to support."""

    id: int
    name: str
    created_at: Instant
    support_default: bool


def find_organization(connection: Connection, organization_id: int) -> Organization | None:
    """The organization of that id."""
    found = connection.execute(
        select(organizations).where(organizations.c.id == organization_id)
    ).one_or_none()
    return record_of(found, Organization) if found is not None else None


def find_organization_by_name(connection: Connection, name: str) -> Organization | None:
    """The organization of that name."""
    found = connection.execute(
        select(organizations).where(organizations.c.name == name)
    ).one_or_none()
    return record_of(found, Organization) if found is not None else None


def all_organizations(connection: Connection) -> list[Organization]:
    """Every organization, by name."""
    found = connection.execute(select(organizations).order_by(organizations.c.name))
    return [record_of(row, Organization) for row in found]


def change_organization(
    connection: Connection, organization_id: int, *, name: str, support_default: bool
) -> None:
    """Set what may be set of an organization."""
    connection.execute(
        update(organizations)
        .where(organizations.c.id == organization_id)
        .values(name=name, support_default=support_default)
    )
