"""Waiting for a task to end."""

from __future__ import annotations

from tasktrail.actions.bulletin import Bulletin
from tasktrail.model.status import Status
from tasktrail.store.store import Store
from tasktrail.store.task_views import status_of


async def await_end(store: Store, bulletin: Bulletin, task_id: int) -> Status:
    """The final status of a task, once it has one.

    Raises:
        NotFoundError: there is no such task.
    """
    with bulletin.changes_of(task_id) as changed:
        while True:
            changed.clear()
            now = await store.read(lambda connection: status_of(connection, task_id))
            if now.final:
                return now
            await changed.wait()
