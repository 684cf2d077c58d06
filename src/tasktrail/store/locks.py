"""Locks: exclusive, first come first served, across all kinds of tasks (statuses.md, "Locks").

A claim is a row. Its id is its place in the queue; a task or job that wants several locks holds
them once it is the first at every one of them, so that claims that are made together can never
block each other in a circle. A job's locks are claimed later than its task's, which holds its own
meanwhile: a job that would close a circle fails instead of waiting (`actions.lock_circle`). Claims
are made, granted and released in the transaction that changes the status.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from tasktrail.model.instant import Instant
from tasktrail.store.tables import lock_claims as claims

QUEUES_LOCK = "pg_advisory_xact_lock(hashtextextended('tasktrail locks ' || {}::text, 0))"
"""On PostgreSQL, locks the queues of an organization until the transaction ends."""

JobOrTask = tuple[int, int | None]
"""A task id and a job id; without a job id the task itself."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """A lock that a task or job waits for, who holds it, and its own place in the queue from 1.

    Nobody holds a lock that is kept for the first in the queue, who waits for another one as well.
    """

    name: str
    job_id: int | None
    holder_task_id: int | None
    position: int


def request(
    connection: Connection,
    organization_id: int,
    names: Iterable[str],
    owner: JobOrTask,
    now: Instant,
) -> bool:
    """Queue up for locks; returns whether all of them are the owner's now. Idempotent.

    A job does not ask again for what its own task holds.
    """
    task_id, job_id = owner
    wanted = sorted(set(names))
    hold_queues(connection, organization_id)
    own = claims.c.job_id.is_(None) | (claims.c.job_id == job_id)
    present = set(
        connection.execute(select(claims.c.name).where(claims.c.task_id == task_id, own)).scalars()
    )
    new = [
        {
            "organization_id": organization_id,
            "name": name,
            "task_id": task_id,
            "job_id": job_id,
            "requested_at": now,
        }
        for name in wanted
        if name not in present
    ]
    if new:
        connection.execute(insert(claims), new)
    return _grant(connection, owner, now)


def release(connection: Connection, owner: JobOrTask, now: Instant) -> list[JobOrTask]:
    """Give up all claims of a job, or of a whole task; returns who holds all its locks thereby."""
    task_id, job_id = owner
    mine = claims.c.task_id == task_id
    if job_id is not None:
        mine &= claims.c.job_id == job_id
    held = connection.execute(select(claims.c.organization_id, claims.c.name).where(mine)).all()
    if not held:
        return []
    organization_id = held[0].organization_id
    names = sorted({row.name for row in held})
    hold_queues(connection, organization_id)
    connection.execute(delete(claims).where(mine))
    first = (
        select(func.min(claims.c.id))
        .where(claims.c.organization_id == organization_id, claims.c.name.in_(names))
        .group_by(claims.c.name)
    )
    heads = connection.execute(
        select(claims.c.task_id, claims.c.job_id)
        .where(claims.c.id.in_(first), claims.c.granted_at.is_(None))
        .order_by(claims.c.id)
    )
    found = dict.fromkeys((row.task_id, row.job_id) for row in heads)
    return [owner for owner in found if _grant(connection, owner, now)]


def hold_queues(connection: Connection, organization_id: int) -> None:
    """On PostgreSQL, where transactions run side by side, let one at a time touch an organization's
    queues until it commits.

    One lock for all of its queues: whoever wants two locks gets them when the last one is released,
    and two releases that do not see each other would both leave it waiting for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT {QUEUES_LOCK.format('%s::bigint')}", (organization_id,))


def waits(connection: Connection, task_ids: Iterable[int]) -> dict[int, list[LockWait]]:
    """What each of the tasks waits for."""
    ahead = claims.alias()
    query = (
        select(
            claims.c.task_id,
            claims.c.job_id,
            claims.c.name,
            func.count(ahead.c.id).filter(ahead.c.granted_at.is_(None)).label("waiting"),
            func.min(ahead.c.task_id).filter(ahead.c.granted_at.is_not(None)).label("holder"),
        )
        .join(ahead, _stands_ahead(ahead), isouter=True)
        .where(claims.c.task_id.in_(list(task_ids)), claims.c.granted_at.is_(None))
        .group_by(claims.c.id, claims.c.task_id, claims.c.job_id, claims.c.name)
        .order_by(claims.c.id)
    )
    found: dict[int, list[LockWait]] = {}
    for row in connection.execute(query):
        wait = LockWait(row.name, row.job_id, row.holder, row.waiting + 1)
        found.setdefault(row.task_id, []).append(wait)
    return found


def _stands_ahead(ahead: FromClause) -> ColumnElement[bool]:
    """Whether a claim of `ahead` comes before one of `claims` in the queue for the same lock."""
    return and_(
        ahead.c.organization_id == claims.c.organization_id,
        ahead.c.name == claims.c.name,
        ahead.c.id < claims.c.id,
    )


def _grant(connection: Connection, owner: JobOrTask, now: Instant) -> bool:
    """Grant all claims of an owner if it is the first at every one of them."""
    task_id, job_id = owner
    mine = and_(
        claims.c.task_id == task_id,
        claims.c.job_id.is_(None) if job_id is None else claims.c.job_id == job_id,
    )
    ahead = claims.alias()
    blocked = connection.execute(
        select(claims.c.id).join(ahead, _stands_ahead(ahead)).where(mine).limit(1)
    ).first()
    if blocked is not None:
        return False
    connection.execute(
        update(claims).where(mine, claims.c.granted_at.is_(None)).values(granted_at=now)
    )
    return True
