"""Where logs are when they are not in the data directory: in a store, or removed by retention."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, insert, select, tuple_, update

from tasktrail.model.instant import Instant
from tasktrail.model.log_placement import LogPlacement
from tasktrail.model.retention import KeptLog
from tasktrail.model.step import LogSummary
from tasktrail.store.log_tables import log_places
from tasktrail.store.tables import attempts, tasks

AttemptKey = tuple[int, int]
"""The id of a step, and the number of an attempt at it."""

_summary = msgspec.json.Decoder(LogSummary)
_AT_ONCE = 200


def placement_of(connection: Connection, step_id: int, attempt: int) -> LogPlacement | None:
    """What is known of the log of an attempt; None while it is where it was written."""
    found = placements(connection, [(step_id, attempt)])
    return found.get((step_id, attempt))


def placements(
    connection: Connection, keys: Collection[AttemptKey]
) -> dict[AttemptKey, LogPlacement]:
    """What is known of the logs of these attempts."""
    wanted = list(keys)
    found: dict[AttemptKey, LogPlacement] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = tuple_(log_places.c.step_id, log_places.c.attempt).in_(
            wanted[start : start + _AT_ONCE]
        )
        for placement in _placements(connection, select(log_places).where(some)):
            found[placement.step_id, placement.attempt] = placement
    return found


def finished_attempts(connection: Connection, task_id: int) -> set[AttemptKey]:
    """The attempts of a task that have ended: nobody writes their logs any more."""
    found = connection.execute(
        select(attempts.c.step_id, attempts.c.number).where(
            attempts.c.task_id == task_id, attempts.c.ended_at.is_not(None)
        )
    )
    return {(row.step_id, row.number) for row in found}


def note_stored(connection: Connection, stored: LogPlacement) -> LogPlacement:
    """Remember that a log is in a store; what is known of it then.

    It may have been removed meanwhile: then there is something to erase again.
    """
    before = placement_of(connection, stored.step_id, stored.attempt)
    if before is None:
        connection.execute(insert(log_places).values(msgspec.structs.asdict(stored)))
        return stored
    after = msgspec.structs.replace(
        stored, removed_at=before.removed_at, removed_by=before.removed_by
    )
    connection.execute(
        update(log_places)
        .where(
            log_places.c.step_id == stored.step_id,
            log_places.c.attempt == stored.attempt,
        )
        .values(msgspec.structs.asdict(after))
    )
    return after


def note_removed(
    connection: Connection, logs: Iterable[KeptLog], *, at: Instant, by_task: int
) -> None:
    """Remember that retention removed these logs, and the task that says so."""
    wanted = list(logs)
    known = placements(connection, [(log.step_id, log.attempt) for log in wanted])
    removal = {"removed_at": at, "removed_by": by_task}
    new = [log for log in wanted if (log.step_id, log.attempt) not in known]
    if new:
        connection.execute(
            insert(log_places),
            [
                {"task_id": log.task_id, "step_id": log.step_id, "attempt": log.attempt, **removal}
                for log in new
            ],
        )
    _update(connection, known, removal)


def unerased(connection: Connection, after: AttemptKey, count: int) -> list[LogPlacement]:
    """Up to `count` logs behind `after` that were removed, and of which something may be left."""
    key = tuple_(log_places.c.step_id, log_places.c.attempt)
    query = (
        select(log_places)
        .where(log_places.c.removed_at.is_not(None), log_places.c.erased_at.is_(None), key > after)
        .order_by(log_places.c.step_id, log_places.c.attempt)
        .limit(count)
    )
    return list(_placements(connection, query))


def note_erased(connection: Connection, keys: Iterable[AttemptKey], at: Instant) -> None:
    """Remember that nothing of these logs is left."""
    _update(connection, keys, {"erased_at": at})


def kept_logs(connection: Connection, organization_id: int) -> Iterator[KeptLog]:
    """The logs of an organization's tasks that have ended, as they end, newest first.

    Those that were removed are left out. `size` is 0 for those in the data directory.
    """
    place = and_(
        log_places.c.step_id == attempts.c.step_id, log_places.c.attempt == attempts.c.number
    )
    query = (
        select(
            attempts.c.task_id,
            attempts.c.step_id,
            attempts.c.number,
            attempts.c.log,
            tasks.c.ended_at,
            log_places.c.size,
        )
        .join(tasks, tasks.c.id == attempts.c.task_id)
        .join(log_places, place, isouter=True)
        .where(
            tasks.c.organization_id == organization_id,
            tasks.c.ended_at.is_not(None),
            attempts.c.log.is_not(None),
            log_places.c.removed_at.is_(None),
        )
        .order_by(tasks.c.ended_at.desc(), tasks.c.id.desc())
    )
    for row in connection.execute(query):
        if _summary.decode(row.log).bytes:
            yield KeptLog(row.task_id, row.step_id, row.number, row.ended_at, row.size or 0)


def _update(connection: Connection, keys: Iterable[AttemptKey], values: dict[str, int]) -> None:
    for step_id, attempt in keys:
        connection.execute(
            update(log_places)
            .where(log_places.c.step_id == step_id, log_places.c.attempt == attempt)
            .values(values)
        )


def _placements(connection: Connection, query: Select[Any]) -> Iterator[LogPlacement]:
    for row in connection.execute(query).mappings():
        yield LogPlacement(**row)
