"""Who stands at which lock, and what tasks are waited for: what circles are made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, select

from tasktrail.store.locks import JobOrTask
from tasktrail.store.tables import lock_claims as claims
from tasktrail.store.tables import tasks

Claimed = tuple[str, JobOrTask]
"""A lock, and one who holds it or waits for it."""


def claims_at(connection: Connection, organization_id: int, names: Iterable[str]) -> list[Claimed]:
    """All claims to the locks, in the order in which they will be granted."""
    found = connection.execute(
        select(claims.c.name, claims.c.task_id, claims.c.job_id)
        .where(claims.c.organization_id == organization_id, claims.c.name.in_(list(names)))
        .order_by(claims.c.id)
    )
    return [(row.name, (row.task_id, row.job_id)) for row in found]


def claims_ahead(connection: Connection, owner: JobOrTask) -> list[Claimed]:
    """The claims that a job waits behind; of a task, also those that its jobs wait behind."""
    task_id, job_id = owner
    ahead = claims.alias()
    mine = and_(claims.c.task_id == task_id, claims.c.granted_at.is_(None))
    if job_id is not None:
        mine &= claims.c.job_id == job_id
    found = connection.execute(
        select(ahead.c.name, ahead.c.task_id, ahead.c.job_id)
        .join(
            claims,
            and_(
                ahead.c.organization_id == claims.c.organization_id,
                ahead.c.name == claims.c.name,
                ahead.c.id < claims.c.id,
            ),
        )
        .where(mine)
        .order_by(ahead.c.id)
    )
    return [(row.name, (row.task_id, row.job_id)) for row in found]


def live_spawned(connection: Connection, task_id: int) -> list[tuple[int, int]]:
    """The tasks that a task has produced and that have not ended, each with its origin step."""
    found = connection.execute(
        select(tasks.c.id, tasks.c.origin_step_id).where(
            tasks.c.origin_task_id == task_id, tasks.c.ended_at.is_(None)
        )
    )
    return [(row.id, row.origin_step_id) for row in found]
