"""Which tasks have changed since some entry of the history. Silent ones are left out (M18)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, false, func, select

from tasktrail.model.event import EventKind
from tasktrail.store.history_months import recorded_after, recorded_since
from tasktrail.store.live import has_not_ended
from tasktrail.store.tables import events, tasks
from tasktrail.store.visibility import Sight, visible

_ABOUT_OTHERS = (EventKind.SPAWNED, EventKind.RERUN)
"""Entries that only tell of another task."""

_AT_ONCE = 1000


def newest_event(connection: Connection) -> int:
    """The id of the last entry of all histories; 0 if there is none."""
    return connection.execute(select(func.max(events.c.id))).scalar_one() or 0


def changed_between(connection: Connection, after: int, until: int) -> dict[int, int]:
    """The tasks with entries after one and until another (included), each with the last of them."""
    found = connection.execute(
        select(events.c.task_id, func.max(events.c.id))
        .join(tasks, tasks.c.id == events.c.task_id)
        .where(
            events.c.id > after,
            events.c.id <= until,
            *recorded_after(connection, after),
            events.c.kind.not_in(_ABOUT_OTHERS),
            tasks.c.silent == false(),
        )
        .group_by(events.c.task_id)
    )
    return {row[0]: row[1] for row in found}


def last_changes(connection: Connection, task_ids: Iterable[int]) -> dict[int, int]:
    """The last entry about each of the tasks."""
    ids = list(task_ids)
    last: dict[int, int] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found = connection.execute(
            select(events.c.task_id, func.max(events.c.id))
            .where(
                events.c.task_id.in_(some),
                *recorded_since(connection, some),
                events.c.kind.not_in(_ABOUT_OTHERS),
            )
            .group_by(events.c.task_id)
        )
        last.update((row[0], row[1]) for row in found)
    return last


def live_tasks(connection: Connection, sight: Sight) -> list[int]:
    """The tasks that have not ended, as far as they may be seen."""
    found = connection.execute(
        select(tasks.c.id).where(has_not_ended(), tasks.c.silent == false(), visible(sight))
    )
    return list(found.scalars())
