"""Who stands at which lock, and who waits for whose end: what circles are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from tasktrail.model.plan import SpawnAction, TaskPlan
from tasktrail.store import rows
from tasktrail.store.locks import JobOrTask
from tasktrail.store.tables import jobs, steps, task_plans, tasks
from tasktrail.store.tables import lock_claims as claims

Claimed = tuple[str, JobOrTask]
"""A lock, and one who holds it or waits for it."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Somebody whom a job or task waits for.

    Attributes:
        owner: the one ahead: at a lock, or a spawned task.
        lock: which lock it is; None for a spawned task.
        holds: whether the lock is the owner's already, or only kept for it.
        job: the name of the job that waits; None for a task that waits for its own locks.
    """

    owner: JobOrTask
    lock: str | None = None
    holds: bool = True
    job: str | None = None


def claims_at(connection: Connection, organization_id: int, names: Iterable[str]) -> list[Claimed]:
    """All claims to the locks, in the order in which they will be granted."""
    found = connection.execute(
        select(claims.c.name, claims.c.task_id, claims.c.job_id)
        .where(claims.c.organization_id == organization_id, claims.c.name.in_(list(names)))
        .order_by(claims.c.id)
    )
    return [(row.name, (row.task_id, row.job_id)) for row in found]


def somebody_waits_behind(connection: Connection, owners: Iterable[JobOrTask]) -> bool:
    """Whether anybody waits for a lock that one of the owners holds."""
    behind = claims.alias()
    found = connection.execute(
        select(behind.c.id)
        .join(
            claims,
            and_(
                behind.c.organization_id == claims.c.organization_id,
                behind.c.name == claims.c.name,
                behind.c.id > claims.c.id,
            ),
        )
        .where(or_(*map(_are_of, owners)))
        .limit(1)
    )
    return found.first() is not None


def waited_for(connection: Connection, owner: JobOrTask) -> list[Ahead]:
    """Whom a job, or any job of a task, waits for: at locks, and as tasks that it has spawned.

    At each lock the first of the queue and the one directly ahead: that one in turn waits for all
    who are between.
    """
    return _ahead_at_locks(connection, owner) + _awaited_tasks(connection, owner)


def waiting_origins(connection: Connection, step_id: int | None) -> set[JobOrTask]:
    """The jobs and tasks that wait for a task which a step has spawned, upwards."""
    found: set[JobOrTask] = set()
    while step_id is not None:
        step = connection.execute(
            _spawn_steps(tasks.c.origin_step_id).where(steps.c.id == step_id)
        ).one_or_none()
        if step is None or not _waits(connection, step):
            break
        found |= {(step.task_id, None), (step.task_id, step.job_id)}
        step_id = step.origin_step_id
    return found


def _ahead_at_locks(connection: Connection, owner: JobOrTask) -> list[Ahead]:
    task_id, job_id = owner
    ahead, between = claims.alias(), claims.alias()
    mine = and_(claims.c.task_id == task_id, claims.c.granted_at.is_(None))
    if job_id is not None:
        mine &= claims.c.job_id == job_id
    at_lock = and_(
        between.c.organization_id == claims.c.organization_id,
        between.c.name == claims.c.name,
        between.c.id < claims.c.id,
    )
    first = select(func.min(between.c.id)).where(at_lock).scalar_subquery()
    nearest = select(func.max(between.c.id)).where(at_lock).scalar_subquery()
    found = connection.execute(
        select(
            ahead.c.name,
            ahead.c.task_id,
            ahead.c.job_id,
            ahead.c.granted_at,
            jobs.c.name.label("of"),
        )
        .select_from(claims)
        .join(ahead, or_(ahead.c.id == first, ahead.c.id == nearest))
        .join(jobs, jobs.c.id == claims.c.job_id, isouter=True)
        .where(mine)
        .order_by(ahead.c.id)
    )
    return [
        Ahead((row.task_id, row.job_id), row.name, row.granted_at is not None, row.of)
        for row in found
    ]


def _awaited_tasks(connection: Connection, owner: JobOrTask) -> list[Ahead]:
    task_id, job_id = owner
    spawned = tasks.alias()
    query = (
        _spawn_steps(spawned.c.id.label("spawned"), jobs.c.name)
        .join(spawned, spawned.c.origin_step_id == steps.c.id)
        .where(spawned.c.origin_task_id == task_id, spawned.c.ended_at.is_(None))
        .order_by(spawned.c.id)
    )
    if job_id is not None:
        query = query.where(steps.c.job_id == job_id)
    found = connection.execute(query).all()
    return [Ahead((row.spawned, None), job=row.name) for row in found if _waits(connection, row)]


def _spawn_steps(*columns: ColumnElement[object]) -> Select[tuple[object, ...]]:
    """Steps that have not ended, with what it takes to find them in their plans."""
    return (
        select(
            steps.c.task_id,
            steps.c.job_id,
            jobs.c.position.label("job_position"),
            steps.c.position,
            *columns,
        )
        .select_from(steps)
        .join(jobs, jobs.c.id == steps.c.job_id)
        .join(tasks, tasks.c.id == steps.c.task_id)
        .where(steps.c.ended_at.is_(None))
    )


def _waits(connection: Connection, step: Row[tuple[object, ...]]) -> bool:
    """Whether a step waits for the task that it has spawned."""
    plan: TaskPlan = rows.plan_of(
        connection.execute(
            select(task_plans.c.plan).where(task_plans.c.task_id == step.task_id)
        ).scalar_one()
    )
    job_position: int = step.job_position
    position: int = step.position
    action = plan.jobs[job_position].steps[position].action
    return isinstance(action, SpawnAction) and action.wait


def _are_of(owner: JobOrTask) -> ColumnElement[bool]:
    task_id, job_id = owner
    of_job = claims.c.job_id.is_(None) if job_id is None else claims.c.job_id == job_id
    return and_(claims.c.task_id == task_id, of_job)
