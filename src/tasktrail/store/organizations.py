"""Organizations and their projects."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from tasktrail.model.instant import Instant
from tasktrail.store.tables import organizations, projects


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
    wanted = list(dict.fromkeys(names))
    found = {
        row.name: row.id
        for row in connection.execute(
            select(projects.c.id, projects.c.name).where(
                projects.c.organization_id == organization_id, projects.c.name.in_(wanted)
            )
        )
    }
    for name in wanted:
        if name not in found:
            found[name] = connection.execute(
                insert(projects)
                .values(organization_id=organization_id, name=name, created_at=now)
                .returning(projects.c.id)
            ).scalar_one()
    return tuple(found[name] for name in wanted)
