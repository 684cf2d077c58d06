"""To which task a step belongs."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.store.tables import steps


def task_of_step(connection: Connection, step_id: int) -> int | None:
    """The task of a step, or None when there is no such step."""
    return connection.execute(
        select(steps.c.task_id).where(steps.c.id == step_id)
    ).scalar_one_or_none()
