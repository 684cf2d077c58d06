"""Tasks that were produced by other tasks."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tasktrail.model.submission import Origin
from tasktrail.store.tables import tasks

SPAWN_STEP_KEY = "step"
"""Under which key a spawn step submits its one task."""


DEEPEST_ORIGIN = 10
"""How many tasks a chain of origins holds at most; a definition that spawns itself ends there."""


def origin_depth(connection: Connection, task_id: int) -> int:
    """How many tasks stand in the chain of origins that ends with `task_id`, itself included."""
    depth = 0
    above: int | None = task_id
    while above is not None and depth < DEEPEST_ORIGIN:
        depth += 1
        above = connection.execute(
            select(tasks.c.origin_task_id).where(tasks.c.id == above)
        ).scalar_one_or_none()
    return depth


def awaited_task(connection: Connection, step_id: int) -> int | None:
    """The task that a spawn step waits for, once it has been submitted."""
    return connection.execute(
        select(tasks.c.id).where(
            tasks.c.origin_step_id == step_id, tasks.c.spawn_key == SPAWN_STEP_KEY
        )
    ).scalar_one_or_none()


def find_spawned(connection: Connection, origin: Origin) -> int | None:
    """The id of the task that a step has already produced under a key."""
    return connection.execute(
        select(tasks.c.id).where(
            tasks.c.origin_step_id == origin.step_id, tasks.c.spawn_key == origin.key
        )
    ).scalar_one_or_none()


def root_of(connection: Connection, task_id: int) -> int:
    """The task at the beginning of the chain of origins that ends with `task_id`."""
    root = task_id
    for _ in range(DEEPEST_ORIGIN):
        above = connection.execute(
            select(tasks.c.origin_task_id).where(tasks.c.id == root)
        ).scalar_one_or_none()
        if above is None:
            break
        root = above
    return root
