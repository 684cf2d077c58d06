"""Everything that is shown of tasks, for many of them in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from tasktrail.errors import NotFoundError
from tasktrail.model.job import Job
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store import rows, tables
from tasktrail.store.locks import LockWait, waits


@dataclass(slots=True)
class TaskView:
    """A task with its plan, its parts, and what it is linked to. `reruns` repeat this task."""

    task: Task
    plan: TaskPlan
    jobs: list[Job] = field(default_factory=list[Job])
    steps: dict[int, list[Step]] = field(default_factory=dict[int, "list[Step]"])
    attempts: dict[int, list[Attempt]] = field(default_factory=dict[int, "list[Attempt]"])
    projects: dict[int, str] = field(default_factory=dict[int, str])
    resources: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    spawned: list[int] = field(default_factory=list[int])
    reruns: list[int] = field(default_factory=list[int])
    waits: list[LockWait] = field(default_factory=list[LockWait])


def view_task(connection: Connection, task_id: int) -> TaskView:
    """One task.

    Raises:
        NotFoundError: there is no such task.
    """
    found = view_tasks(connection, [task_id])
    if task_id not in found:
        raise NotFoundError(f"there is no task {task_id}")
    return found[task_id]


def view_tasks(connection: Connection, task_ids: Iterable[int]) -> dict[int, TaskView]:
    """The tasks of these ids that exist."""
    ids = list(task_ids)
    views = _tasks_and_plans(connection, ids)
    _add_parts(connection, views, ids)
    _add_links(connection, views, ids)
    live = [task_id for task_id, view in views.items() if not view.task.status.final]
    if live:
        for task_id, found in waits(connection, live).items():
            views[task_id].waits = found
    return views


def status_of(connection: Connection, task_id: int) -> Status:
    """Where one task stands.

    Raises:
        NotFoundError: there is no such task.
    """
    found = connection.execute(
        select(tables.tasks.c.status).where(tables.tasks.c.id == task_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"there is no task {task_id}")
    return Status(found)


def live_task_ids(connection: Connection) -> list[int]:
    """The tasks that have not ended, oldest first."""
    found = connection.execute(
        select(tables.tasks.c.id)
        .where(tables.tasks.c.ended_at.is_(None))
        .order_by(tables.tasks.c.id)
    )
    return list(found.scalars())


def live_counts(connection: Connection) -> dict[Status, int]:
    """How many tasks have not ended, by status, in all organizations."""
    status = tables.tasks.c.status
    found = connection.execute(
        select(status, func.count()).where(tables.tasks.c.ended_at.is_(None)).group_by(status)
    )
    return {Status(name): count for name, count in found}


def live_claims(connection: Connection) -> frozenset[str]:
    """The claims under which jobs of tasks that have not ended are being carried out."""
    jobs, tasks = tables.jobs.c, tables.tasks.c
    found = connection.execute(
        select(jobs.claim)
        .join(tables.tasks, tasks.id == jobs.task_id)
        .where(tasks.ended_at.is_(None), jobs.claim.is_not(None))
    )
    return frozenset(claim for claim in found.scalars() if claim is not None)


def _asked(column: ColumnElement[int]) -> ColumnElement[bool]:
    return column.in_(bindparam(_IDS, expanding=True))


_IDS = "ids"

# Made once: to put a statement together takes longer than to execute it for one task.
_PLANS = select(tables.task_plans).where(_asked(tables.task_plans.c.task_id))
_TASKS = select(tables.tasks).where(_asked(tables.tasks.c.id))
_JOBS = (
    select(tables.jobs)
    .where(_asked(tables.jobs.c.task_id))
    .order_by(tables.jobs.c.task_id, tables.jobs.c.position)
)
_STEPS = (
    select(tables.steps)
    .where(_asked(tables.steps.c.task_id))
    .order_by(tables.steps.c.job_id, tables.steps.c.position)
)
_ATTEMPTS = (
    select(tables.attempts)
    .where(_asked(tables.attempts.c.task_id))
    .order_by(tables.attempts.c.step_id, tables.attempts.c.number)
)
_PROJECTS = (
    select(tables.task_projects.c.task_id, tables.projects.c.id, tables.projects.c.name)
    .join(tables.projects, tables.projects.c.id == tables.task_projects.c.project_id)
    .where(_asked(tables.task_projects.c.task_id))
    .order_by(tables.task_projects.c.project_id)
)
_RESOURCES = select(tables.task_resources).where(_asked(tables.task_resources.c.task_id))
_SPAWNED = (
    select(tables.tasks.c.id, tables.tasks.c.origin_task_id)
    .where(_asked(tables.tasks.c.origin_task_id))
    .order_by(tables.tasks.c.id)
)
_RERUNS = (
    select(tables.tasks.c.id, tables.tasks.c.repeated_task_id)
    .where(_asked(tables.tasks.c.repeated_task_id))
    .order_by(tables.tasks.c.id)
)


def _tasks_and_plans(connection: Connection, ids: list[int]) -> dict[int, TaskView]:
    asked = {_IDS: ids}
    plans = {row.task_id: rows.plan_of(row.plan) for row in connection.execute(_PLANS, asked)}
    return {
        row.id: TaskView(rows.task_of(row), plans[row.id])
        for row in connection.execute(_TASKS, asked)
    }


def _add_parts(connection: Connection, views: dict[int, TaskView], ids: list[int]) -> None:
    asked = {_IDS: ids}
    for row in connection.execute(_JOBS, asked):
        job = rows.job_of(row)
        views[job.task_id].jobs.append(job)
    for row in connection.execute(_STEPS, asked):
        step = rows.step_of(row)
        views[step.task_id].steps.setdefault(step.job_id, []).append(step)
    for row in connection.execute(_ATTEMPTS, asked):
        attempt = rows.attempt_of(row)
        views[attempt.task_id].attempts.setdefault(attempt.step_id, []).append(attempt)


def _add_links(connection: Connection, views: dict[int, TaskView], ids: list[int]) -> None:
    asked = {_IDS: ids}
    for task_id, project_id, name in connection.execute(_PROJECTS, asked):
        views[task_id].projects[project_id] = name
    for row in connection.execute(_RESOURCES, asked):
        views[row.task_id].resources.append((row.kind, row.resource_id))
    for task_id, origin_id in connection.execute(_SPAWNED, asked):
        views[origin_id].spawned.append(task_id)
    for task_id, repeated_id in connection.execute(_RERUNS, asked):
        views[repeated_id].reruns.append(task_id)
