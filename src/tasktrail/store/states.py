"""Task states: read from the tables, and kept for as long as tasks live."""

from __future__ import annotations

from collections import OrderedDict

from sqlalchemy import Connection, select

from tasktrail.errors import NotFoundError
from tasktrail.model.plan import TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.step import Attempt
from tasktrail.model.task import Task
from tasktrail.store import rows, tables

KEPT_STATES = 10_000
"""How many states of live tasks are kept at most; the one used longest ago goes first."""


def load_state(connection: Connection, task_id: int, *, for_update: bool = False) -> TaskState:
    """Read a task with all that decisions need.

    Raises:
        NotFoundError: there is no such task.
    """
    query = select(tables.tasks).where(tables.tasks.c.id == task_id)
    if for_update:
        # Ids never change, so new rows of others that point to the task need not wait.
        query = query.with_for_update(key_share=True)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no task {task_id}")
    plan = connection.execute(
        select(tables.task_plans.c.plan).where(tables.task_plans.c.task_id == task_id)
    ).scalar_one()
    state = TaskState(rows.plan_of(plan), rows.task_of(row))
    for job in connection.execute(
        select(tables.jobs).where(tables.jobs.c.task_id == task_id).order_by(tables.jobs.c.position)
    ):
        state.jobs[job.id] = rows.job_of(job)
    for step in connection.execute(select(tables.steps).where(tables.steps.c.task_id == task_id)):
        state.steps[step.id] = rows.step_of(step)
    state.attempts.update(_latest_attempts(connection, task_id))
    return state


def read_task_and_plan(connection: Connection, task_id: int) -> tuple[Task, TaskPlan]:
    """A task that exists, and what it does, without its parts; not to be decided on."""
    row = connection.execute(select(tables.tasks).where(tables.tasks.c.id == task_id)).one()
    plan = connection.execute(
        select(tables.task_plans.c.plan).where(tables.task_plans.c.task_id == task_id)
    ).scalar_one()
    return rows.task_of(row), rows.plan_of(plan)


def _latest_attempts(connection: Connection, task_id: int) -> dict[int, Attempt]:
    found = connection.execute(
        select(tables.attempts)
        .where(tables.attempts.c.task_id == task_id)
        .order_by(tables.attempts.c.number)
    )
    return {row.step_id: rows.attempt_of(row) for row in found}


class KeptStates:
    """The states of live tasks, for the only writer of a database. Never the truth: only a copy."""

    def __init__(self) -> None:
        self._states: OrderedDict[int, TaskState] = OrderedDict()

    def get(self, task_id: int) -> TaskState | None:
        """The kept state of a task, if there is one."""
        state = self._states.get(task_id)
        if state is not None:
            self._states.move_to_end(task_id)
        return state

    def keep(self, state: TaskState) -> None:
        """Keep a state from now on."""
        self._states[state.task.id] = state
        if len(self._states) > KEPT_STATES:
            self._states.popitem(last=False)

    def drop(self, task_id: int) -> None:
        """Forget a task: it has ended, or its copy is no longer what is stored."""
        self._states.pop(task_id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._states.clear()
