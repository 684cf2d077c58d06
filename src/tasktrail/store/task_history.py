"""The history of a task, page by page, as far as it is for who asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select

from tasktrail.model.event import Event, EventKind
from tasktrail.store.history_months import recorded_since
from tasktrail.store.rows import event_of
from tasktrail.store.tables import events

_OF_OTHER_TASKS = (EventKind.SPAWNED, EventKind.RERUN)
_NAMED = re.compile(r"(?:task|project) ([0-9]+): ")
"""How an entry that tells of another task, or of a project, begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What is not told: entries about these jobs and steps, those about other tasks than `linked`,
    and those about other projects than `projects` (None: about all of them it is told)."""

    job_ids: frozenset[int] = frozenset()
    step_ids: frozenset[int] = frozenset()
    linked: frozenset[int] | None = None
    projects: frozenset[int] | None = None


def history_page(
    connection: Connection, task_id: int, untold: Untold, start: int, size: int | None
) -> tuple[list[tuple[int, Event]], int]:
    """Entries with their ids, oldest first, after the first `start` ones; and how many there are
    in all. Without a `size` all of them."""
    told = list(_conditions(connection, task_id, untold))
    total = connection.execute(select(func.count()).select_from(events).where(*told)).scalar_one()
    query: Select[Any] = select(events).where(*told).order_by(events.c.id)
    found = connection.execute(query.offset(start).limit(size))
    return [(row.id, event_of(row)) for row in found], total


def _conditions(
    connection: Connection, task_id: int, untold: Untold
) -> Iterable[ColumnElement[bool]]:
    yield events.c.task_id == task_id
    yield from recorded_since(connection, [task_id])
    for column, ids in ((events.c.job_id, untold.job_ids), (events.c.step_id, untold.step_ids)):
        if ids:
            yield or_(column.is_(None), column.not_in(sorted(ids)))
    hidden = [
        *_about_others(connection, task_id, _OF_OTHER_TASKS, untold.linked),
        *_about_others(connection, task_id, (EventKind.PROJECT_MADE,), untold.projects),
    ]
    if hidden:
        # Written into the statement, since databases take only so many parameters.
        yield events.c.id.not_in(bindparam("hidden", hidden, expanding=True, literal_execute=True))


def _about_others(
    connection: Connection, task_id: int, kinds: tuple[EventKind, ...], told: frozenset[int] | None
) -> list[int]:
    """The entries of these kinds that tell of something beside what may be `told` of."""
    if told is None:
        return []
    found = connection.execute(
        select(events.c.id, events.c.message).where(
            events.c.task_id == task_id, events.c.kind.in_(kinds)
        )
    )
    return [row.id for row in found if _named(row.message) not in told]


def _named(message: str | None) -> int | None:
    named = _NAMED.match(message or "")
    return None if named is None else int(named[1])
