"""Refusing a spawned task that could never get its locks, because who holds them waits for it.

A step that waits for a spawned task keeps the locks of its job and of its task. If the spawned task
needs one of them, directly or through others, both would wait until a time limit ends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from tasktrail.errors import ConflictError
from tasktrail.model.plan import SpawnAction, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.submission import Submission
from tasktrail.store.lock_owners import Claimed, claims_ahead, claims_at, live_spawned
from tasktrail.store.locks import JobOrTask


def refuse_circle(
    connection: Connection, state_of: Callable[[int], TaskState], submission: Submission
) -> None:
    """Accept a spawned task none of whose locks is held by somebody who waits for it.

    Raises:
        ConflictError: one is; the message names the whole circle.
    """
    waiting = _waiting_for(state_of, submission)
    if not waiting:
        return
    first = claims_at(connection, submission.organization_id, _lock_names(submission.plan))
    ways = [(owner, f"it needs the lock {name!r} of {_name(owner)}") for name, owner in first]
    seen: set[JobOrTask] = set()
    while ways:
        owner, way = ways.pop()
        if owner in waiting:
            raise ConflictError(
                f"it would wait for its own end: {way}, which waits for it",
                hint="take the lock in one of the two only, or do not wait for the spawned task",
            )
        if owner not in seen:
            seen.add(owner)
            for name, further in _waited_for(connection, state_of, owner):
                what = f"the lock {name!r} of {_name(further)}" if name else _name(further)
                ways.append((further, f"{way}, which waits for {what}"))


def _waiting_for(
    state_of: Callable[[int], TaskState], submission: Submission
) -> frozenset[JobOrTask]:
    """The jobs and tasks that will wait for a new task, from its origin upwards."""
    found: set[JobOrTask] = set()
    task_id = submission.origin.task_id if submission.origin else None
    step_id = submission.origin.step_id if submission.origin else None
    while task_id is not None and step_id is not None:
        state = state_of(task_id)
        if not _waits(state, step_id):
            break
        found |= {(task_id, None), (task_id, state.steps[step_id].job_id)}
        task_id, step_id = state.task.origin_task_id, state.task.origin_step_id
    return frozenset(found)


def _waited_for(
    connection: Connection, state_of: Callable[[int], TaskState], owner: JobOrTask
) -> Iterator[Claimed | tuple[None, JobOrTask]]:
    """What keeps a job, or some job of a task, from its end: locks of others, spawned tasks."""
    yield from claims_ahead(connection, owner)
    task_id, job_id = owner
    for spawned, step_id in live_spawned(connection, task_id):
        state = state_of(task_id)
        if _waits(state, step_id) and job_id in (None, state.steps[step_id].job_id):
            yield None, (spawned, None)


def _waits(state: TaskState, step_id: int) -> bool:
    action = state.step_plan(state.steps[step_id]).action
    return isinstance(action, SpawnAction) and action.wait


def _lock_names(plan: TaskPlan) -> set[str]:
    return {*plan.locks, *(name for job in plan.jobs for name in job.locks)}


def _name(owner: JobOrTask) -> str:
    return f"task {owner[0]}"
