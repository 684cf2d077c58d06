"""Waiting for a task to end."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.actions.bulletin import Bulletin
from tasktrail.errors import NotFoundError
from tasktrail.model.status import Status
from tasktrail.store.store import Store
from tasktrail.store.tables import tasks


async def await_end(store: Store, bulletin: Bulletin, task_id: int) -> Status:
    """The final status of a task, once it has one.

    Raises:
        NotFoundError: there is no such task.
    """

    def status(connection: Connection) -> Status:
        found = connection.execute(
            select(tasks.c.status).where(tasks.c.id == task_id)
        ).scalar_one_or_none()
        if found is None:
            raise NotFoundError(f"there is no task {task_id}")
        return Status(found)

    with bulletin.changes_of(task_id) as changed:
        while True:
            changed.clear()
            now = await store.read(status)
            if now.final:
                return now
            await changed.wait()
