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
from tasktrail.store.locks import QUEUES_LOCK
from tasktrail.store.versioned_states import Version, VersionedStates

STATES_OPTION = "tasktrail_states"
"""The option of a connection to PostgreSQL that has the states which are kept (`VersionedStates`).
All statements of its transaction have to see the same state of the database."""

_VERSION = "SELECT xmin::text, updated_at FROM tasks WHERE id = %s"

# Ids never change, so new rows of others that point to the task need not wait: FOR NO KEY UPDATE.
# The row is locked last: rows are locked as they leave the join. What is read of it is as of then.
_LOCK = f"""
SELECT queues.entered, tasks.xmin::text, tasks.updated_at, pg_current_xact_id()::xid::text
FROM (
    SELECT count({QUEUES_LOCK.format("organization_id")}) AS entered
    FROM (SELECT organization_id FROM lock_claims WHERE task_id = %s LIMIT 1) AS claimed
) AS queues, tasks
WHERE tasks.id = %s FOR NO KEY UPDATE OF tasks
"""  # noqa: S608 - names of ours

KEPT_STATES = 10_000
"""How many states of live tasks are kept at most; the one used longest ago goes first."""


def load_state(connection: Connection, task_id: int) -> TaskState:
    """A task with all that decisions need; not to be changed.

    Where states are kept (`STATES_OPTION`) only its version is read, if that is the one that is
    kept.

    Raises:
        NotFoundError: there is no such task.
    """
    kept: VersionedStates | None = connection.get_execution_options().get(STATES_OPTION)
    if kept is None:
        return read_state(connection, task_id)
    row = connection.exec_driver_sql(_VERSION, (task_id,)).one_or_none()
    if row is None:
        raise _not_there(task_id)
    version = Version(*row)
    state = kept.find(task_id, version)
    if state is None:
        state = read_state(connection, task_id)
        kept.keep(state, version)
    return state


def read_state(connection: Connection, task_id: int) -> TaskState:
    """Read a task with all that decisions need.

    Raises:
        NotFoundError: there is no such task.
    """
    row = connection.execute(select(tables.tasks).where(tables.tasks.c.id == task_id)).one_or_none()
    if row is None:
        raise _not_there(task_id)
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


def lock_task(connection: Connection, task_id: int) -> tuple[Version, str]:
    """On PostgreSQL, keep others from deciding about a task until the transaction ends: its version
    then, and what the version of this transaction is called.

    If the task stands in queues for locks these are locked before (`locks.hold_queues`): whoever
    releases a lock has locked the queues and wants the row of the next in turn; whoever locked that
    row first and wanted the queues then would wait in a circle.

    Raises:
        NotFoundError: there is no such task.
    """
    row = connection.exec_driver_sql(_LOCK, (task_id, task_id)).one_or_none()
    if row is None:
        raise _not_there(task_id)
    _, transaction, updated_at, own = row
    return Version(transaction, updated_at), own


def read_task_and_plan(connection: Connection, task_id: int) -> tuple[Task, TaskPlan]:
    """A task that exists, and what it does, without its parts; not to be decided on."""
    row = connection.execute(select(tables.tasks).where(tables.tasks.c.id == task_id)).one()
    plan = connection.execute(
        select(tables.task_plans.c.plan).where(tables.task_plans.c.task_id == task_id)
    ).scalar_one()
    return rows.task_of(row), rows.plan_of(plan)


def _not_there(task_id: int) -> NotFoundError:
    return NotFoundError(f"there is no task {task_id}")


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
