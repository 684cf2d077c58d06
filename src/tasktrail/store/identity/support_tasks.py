"""Tasks of an organization as far as support is concerned."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.model.author import Role
from tasktrail.store.live import has_not_ended
from tasktrail.store.tables import tasks


def live_support_tasks(connection: Connection, organization_id: int) -> list[int]:
    """Tasks of support that have not ended, oldest first."""
    found = connection.execute(
        select(tasks.c.id)
        .where(
            tasks.c.organization_id == organization_id,
            has_not_ended(),
            tasks.c.author_role == str(Role.SUPPORT),
        )
        .order_by(tasks.c.id)
    )
    return list(found.scalars())


def has_tasks_of(connection: Connection, organization_id: int, definition: str) -> bool:
    """Whether an organization has, or had, tasks of a definition."""
    found = connection.execute(
        select(tasks.c.id)
        .where(tasks.c.definition == definition, tasks.c.organization_id == organization_id)
        .limit(1)
    )
    return found.first() is not None
