"""Which tasks have not ended: few, however many there are."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from tasktrail.store.tables import tasks


def has_not_ended() -> ColumnElement[bool]:
    """The condition on `tasks` that a task has not ended, for use beside conditions that most tasks
    meet.

    Asked as a set of ids: of `ended_at IS NULL` and an organization SQLite would take the
    organization first, and read every task that it ever had.
    """
    # Columns of their own: what is asked of the tasks outside is not to be asked here.
    all_tasks = tasks.alias()
    return tasks.c.id.in_(select(all_tasks.c.id).where(all_tasks.c.ended_at.is_(None)))
