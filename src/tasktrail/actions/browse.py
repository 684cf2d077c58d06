"""Looking at tasks: lists, single tasks, histories."""

from __future__ import annotations

from typing import Any

from tasktrail.actions.present import present_event, present_task
from tasktrail.store.store import Connection, Store
from tasktrail.store.task_list import TaskFilter, list_below, list_tasks
from tasktrail.store.task_views import history, view_task, view_tasks


async def browse(
    store: Store, wanted: TaskFilter, *, page: int, page_size: int, tree: bool, system: bool
) -> dict[str, Any]:
    """A page of tasks, newest first, in the shape of `GET /tasks`."""

    def query(connection: Connection) -> dict[str, Any]:
        found = list_tasks(connection, wanted, page, page_size)
        below: dict[int, int] = {}
        truncated = False
        if tree:
            below, truncated = list_below(connection, found.task_ids, silent=wanted.silent)
        views = view_tasks(connection, [*found.task_ids, *below])
        shown = {one: present_task(view, system=system) for one, view in views.items()}
        return {
            "items": [shown[task_id] for task_id in found.task_ids],
            "treeItems": [
                {"task": shown[task_id], "parentId": parent} for task_id, parent in below.items()
            ]
            if tree
            else None,
            "treeTruncated": truncated,
            "totalCount": found.total,
            "nextPage": page + 1 if page * page_size < found.total else None,
        }

    return await store.read(query)


async def show(store: Store, task_id: int, *, system: bool) -> dict[str, Any]:
    """One task.

    Raises:
        NotFoundError: there is no such task.
    """
    return await store.read(
        lambda connection: present_task(view_task(connection, task_id), system=system)
    )


async def show_history(store: Store, task_id: int, *, system: bool) -> dict[str, Any]:
    """The history of a task, oldest first.

    Raises:
        NotFoundError: there is no such task.
    """

    def query(connection: Connection) -> dict[str, Any]:
        view = view_task(connection, task_id)
        shown = [
            presented
            for event_id, event in history(connection, task_id)
            if (presented := present_event(view, event_id, event, system=system)) is not None
        ]
        return {"items": shown, "totalCount": len(shown)}

    return await store.read(query)
