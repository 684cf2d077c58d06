"""Secret inputs: kept apart from everything that is shown."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.store.tables import task_secrets


def secrets_of(connection: Connection, task_id: int) -> dict[str, str]:
    """The secret inputs of a task by name."""
    found = connection.execute(
        select(task_secrets.c.name, task_secrets.c.value).where(task_secrets.c.task_id == task_id)
    )
    return {row.name: row.value for row in found}
