"""Finding who would wait for itself at a lock, before it waits.

Who holds a lock may wait for others: a job waits for its locks while its task holds some, and a
step that waits for a spawned task keeps the locks of its job and of its task. If one of those
others waits for the holder, directly or through more of them, none would ever go on.

Only two things can close a circle: a job that asks for its locks, and a step that spawns a task.
What a task asks for before it starts cannot, unless it is spawned: nobody waits for it yet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from tasktrail.errors import ConflictError
from tasktrail.model.plan import TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.submission import Submission
from tasktrail.store.lock_owners import (
    Ahead,
    claims_at,
    somebody_waits_behind,
    waited_for,
    waiting_origins,
)
from tasktrail.store.locks import JobOrTask
from tasktrail.store.store import Connection


def refuse_circle(connection: Connection, submission: Submission) -> None:
    """Accept a spawned task none of whose locks is held by somebody who waits for it.

    Raises:
        ConflictError: one is; the message names the whole circle.
    """
    waiting = waiting_origins(connection, submission.origin.step_id if submission.origin else None)
    if not waiting:
        return
    claimed = claims_at(connection, submission.organization_id, _lock_names(submission.plan))
    way = _way_to(connection, waiting, [Ahead(owner, name) for name, owner in claimed])
    if way:
        first, *further = way
        words = [f"it needs the lock {first.lock!r} of {_name(first)}", *map(_words, further)]
        raise ConflictError(
            f"it would wait for its own end: {', '.join(words)}, which waits for it",
            hint="take the lock in one of the two only, or do not wait for the spawned task",
        )


def circle_of(connection: Connection, state: TaskState, job_id: int) -> str | None:
    """The circle in which a job would wait that has asked for locks and did not get them."""
    task = state.task
    if task.origin_step_id is None and not state.plan.locks:
        return None  # nobody can wait for it: the rule, and worth no query
    own: set[JobOrTask] = {(task.id, None), (task.id, job_id)}
    waiting = own | waiting_origins(connection, task.origin_step_id)
    if not somebody_waits_behind(connection, waiting):
        return None
    way = _way_to(connection, waiting, waited_for(connection, (task.id, job_id)))
    if not way:
        return None
    first, *further = way
    held = "held by" if first.holds else "kept for"
    words = [f"the lock {first.lock!r} is {held} {_name(first, task.id)}"]
    words += [_words(each, task.id) for each in further]
    if way[-1].owner not in own:
        words.append("which waits for this task")
    return f"it would wait for itself: {', '.join(words)}"


def _way_to(
    connection: Connection, goal: Collection[JobOrTask], first: Iterable[Ahead]
) -> list[Ahead]:
    """The shortest way from one who waits to the goal; empty if there is none."""
    came: dict[JobOrTask, tuple[Ahead, JobOrTask | None]] = {}
    waiting: deque[JobOrTask] = deque()
    ahead, before = first, None
    while True:
        for each in ahead:
            if each.owner not in came:
                came[each.owner] = each, before
                waiting.append(each.owner)
        if not waiting:
            return []
        before = waiting.popleft()
        if before in goal:
            return _way_back(came, before)
        ahead = waited_for(connection, before)


def _way_back(
    came: dict[JobOrTask, tuple[Ahead, JobOrTask | None]], goal: JobOrTask
) -> list[Ahead]:
    way: list[Ahead] = []
    owner: JobOrTask | None = goal
    while owner is not None:
        ahead, owner = came[owner]
        way.append(ahead)
    return way[::-1]


def _lock_names(plan: TaskPlan) -> set[str]:
    return {*plan.locks, *(name for job in plan.jobs for name in job.locks)}


def _words(ahead: Ahead, this_task: int | None = None) -> str:
    who = "which" if ahead.job is None else f"whose job {ahead.job!r}"
    what = f"the lock {ahead.lock!r} of " if ahead.lock is not None else ""
    return f"{who} waits for {what}{_name(ahead, this_task)}"


def _name(ahead: Ahead, this_task: int | None = None) -> str:
    return "this task" if ahead.owner[0] == this_task else f"task {ahead.owner[0]}"
