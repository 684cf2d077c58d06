"""What a verification reads: all tasks in portions, each as of one moment, and all claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from tasktrail.model.event import Event
from tasktrail.store.history_months import recorded_since
from tasktrail.store.log_places import AttemptKey
from tasktrail.store.rows import event_of
from tasktrail.store.tables import attempts, events, jobs, lock_claims, tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingClaim:
    """Somebody at a lock, which is the pair of an organization and a name. `job_id` is None for
    the task itself; `ended` says that this owner has ended."""

    lock: tuple[int, str]
    task_id: int
    job_id: int | None
    granted: bool
    ended: bool


def next_task_ids(connection: Connection, after: int, count: int) -> list[int]:
    """The ids of the `count` tasks that follow the task `after`."""
    found = connection.execute(
        select(tasks.c.id).where(tasks.c.id > after).order_by(tasks.c.id).limit(count)
    )
    return list(found.scalars())


def histories(connection: Connection, task_ids: Sequence[int]) -> dict[int, list[Event]]:
    """The events of the tasks, oldest first."""
    found: dict[int, list[Event]] = {task_id: [] for task_id in task_ids}
    for row in connection.execute(
        select(events)
        .where(events.c.task_id.in_(task_ids), *recorded_since(connection, task_ids))
        .order_by(events.c.id)
    ):
        found[row.task_id].append(event_of(row))
    return found


def standing_claims(connection: Connection) -> list[StandingClaim]:
    """Everybody who holds a lock or waits for one, in the order of the queues."""
    query = (
        select(lock_claims, tasks.c.ended_at, jobs.c.ended_at.label("job_ended_at"))
        .join(tasks, tasks.c.id == lock_claims.c.task_id)
        .join(jobs, jobs.c.id == lock_claims.c.job_id, isouter=True)
        .order_by(lock_claims.c.id)
    )
    return [
        StandingClaim(
            lock=(row.organization_id, row.name),
            task_id=row.task_id,
            job_id=row.job_id,
            granted=row.granted_at is not None,
            ended=row.ended_at is not None or row.job_ended_at is not None,
        )
        for row in connection.execute(query)
    ]


def held_locks(
    connection: Connection, task_ids: Sequence[int]
) -> dict[int, set[tuple[str, int | None]]]:
    """The locks that tasks hold, each with the job that does (None: the task itself)."""
    held: dict[int, set[tuple[str, int | None]]] = {task_id: set() for task_id in task_ids}
    for row in connection.execute(
        select(lock_claims.c.task_id, lock_claims.c.name, lock_claims.c.job_id).where(
            lock_claims.c.task_id.in_(task_ids), lock_claims.c.granted_at.is_not(None)
        )
    ):
        held[row.task_id].add((row.name, row.job_id))
    return held


def running_attempts(connection: Connection, keys: Iterable[AttemptKey]) -> set[AttemptKey]:
    """Those of the attempts that are there and have not ended."""
    wanted = sorted(set(keys))
    found = connection.execute(
        select(attempts.c.step_id, attempts.c.number).where(
            tuple_(attempts.c.step_id, attempts.c.number).in_(wanted),
            attempts.c.ended_at.is_(None),
        )
    )
    return {(row.step_id, row.number) for row in found}


def damages(connection: Connection) -> list[str]:
    """Everything that SQLite finds wrong with its file, after reading all of it. PostgreSQL has
    checks of its own."""
    if connection.dialect.name != "sqlite":
        return []
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    dangling = [
        f"row {row[1]} of {row[0]} points to a row of {row[2]} that is not there"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return [str(one) for one in said if one != "ok"] + dangling
