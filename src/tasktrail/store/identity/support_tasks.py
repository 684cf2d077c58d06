"""What support has running in an organization."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.model.author import Role
from tasktrail.store.tables import tasks


def live_support_tasks(connection: Connection, organization_id: int) -> list[int]:
    """Tasks of support that have not ended, oldest first."""
    found = connection.execute(
        select(tasks.c.id)
        .where(
            tasks.c.organization_id == organization_id,
            tasks.c.ended_at.is_(None),
            tasks.c.author_role == str(Role.SUPPORT),
        )
        .order_by(tasks.c.id)
    )
    return list(found.scalars())
