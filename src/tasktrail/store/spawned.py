"""Tasks that were produced by other tasks."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.model.submission import Origin
from tasktrail.store.tables import tasks


def find_spawned(connection: Connection, origin: Origin) -> int | None:
    """The id of the task that a step has already produced under a key."""
    return connection.execute(
        select(tasks.c.id).where(
            tasks.c.origin_step_id == origin.step_id, tasks.c.spawn_key == origin.key
        )
    ).scalar_one_or_none()
