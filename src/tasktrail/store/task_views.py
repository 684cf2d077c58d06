"""Everything that is shown of tasks, for many of them in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from tasktrail.errors import NotFoundError
from tasktrail.model.job import Job
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store import rows, tables
from tasktrail.store.locks import LockWait, waits
from tasktrail.store.organizations import project_names, projects_of


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


def _tasks_and_plans(connection: Connection, ids: list[int]) -> dict[int, TaskView]:
    plans = {
        row.task_id: rows.plan_of(row.plan)
        for row in connection.execute(
            select(tables.task_plans).where(tables.task_plans.c.task_id.in_(ids))
        )
    }
    return {
        row.id: TaskView(rows.task_of(row), plans[row.id])
        for row in connection.execute(select(tables.tasks).where(tables.tasks.c.id.in_(ids)))
    }


def _add_parts(connection: Connection, views: dict[int, TaskView], ids: list[int]) -> None:
    jobs, steps, attempts = tables.jobs, tables.steps, tables.attempts
    for row in connection.execute(
        select(jobs).where(jobs.c.task_id.in_(ids)).order_by(jobs.c.task_id, jobs.c.position)
    ):
        views[row.task_id].jobs.append(rows.job_of(row))
    for row in connection.execute(
        select(steps).where(steps.c.task_id.in_(ids)).order_by(steps.c.job_id, steps.c.position)
    ):
        views[row.task_id].steps.setdefault(row.job_id, []).append(rows.step_of(row))
    for row in connection.execute(
        select(attempts)
        .where(attempts.c.task_id.in_(ids))
        .order_by(attempts.c.step_id, attempts.c.number)
    ):
        views[row.task_id].attempts.setdefault(row.step_id, []).append(rows.attempt_of(row))


def _add_links(connection: Connection, views: dict[int, TaskView], ids: list[int]) -> None:
    linked = projects_of(connection, ids)
    names = project_names(connection, {one for found in linked.values() for one in found})
    for task_id, project_ids in linked.items():
        views[task_id].projects = {one: names[one] for one in project_ids}
    resources = tables.task_resources
    for row in connection.execute(select(resources).where(resources.c.task_id.in_(ids))):
        views[row.task_id].resources.append((row.kind, row.resource_id))
    tasks = tables.tasks
    for row in connection.execute(
        select(tasks.c.id, tasks.c.origin_task_id)
        .where(tasks.c.origin_task_id.in_(ids))
        .order_by(tasks.c.id)
    ):
        views[row.origin_task_id].spawned.append(row.id)
    for row in connection.execute(
        select(tasks.c.id, tasks.c.repeated_task_id)
        .where(tasks.c.repeated_task_id.in_(ids))
        .order_by(tasks.c.id)
    ):
        views[row.repeated_task_id].reruns.append(row.id)
