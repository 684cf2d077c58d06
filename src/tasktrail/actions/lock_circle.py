"""Finding who would wait for itself at a lock, before it waits.

Who holds a lock may wait for others: a job waits for its locks while its task holds some, and a
step that waits for a spawned task keeps the locks of its job and of its task. If one of those
others waits for the holder, directly or through more of them, none would ever go on.

Only two things can close a circle: a job that asks for its locks, and a step that spawns a task.
What a task asks for before it starts cannot, unless it is spawned: nobody waits for it yet.

A circle is told in the error of a task. It names those other tasks only that everybody may see who
sees that one: whose projects are all linked by them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
from tasktrail.store.organizations import projects_of
from tasktrail.store.store import Connection


def refuse_circle(connection: Connection, submission: Submission) -> None:
    """Accept a spawned task none of whose locks is held by somebody who waits for it.

    Raises:
        ConflictError: one is; the message names the whole circle.
    """
    if submission.origin is None:
        return
    waiting = waiting_origins(connection, submission.origin.step_id)
    if not waiting:
        return
    claimed = claims_at(connection, submission.organization_id, _lock_names(submission.plan))
    way = _way_to(connection, waiting, [Ahead(owner, name) for name, owner in claimed])
    if way:
        told = _Told(_shown_with(connection, submission.origin.task_id, way))
        needed = f"it needs the lock {way[0].lock!r} of {told.owner(way[0])}"
        words = [needed, *told.further(way)]
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
    told = _Told(_shown_with(connection, task.id, way), task.id)
    held = "held by" if way[0].holds else "kept for"
    words = [f"the lock {way[0].lock!r} is {held} {told.owner(way[0])}", *told.further(way)]
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


@dataclass(frozen=True, slots=True)
class _Told:
    """How a circle is told: what is not `shown` is another task, and nothing else is said of it."""

    shown: frozenset[int]
    this_task: int | None = None

    def owner(self, ahead: Ahead) -> str:
        task_id = ahead.owner[0]
        if task_id == self.this_task:
            return "this task"
        return f"task {task_id}" if task_id in self.shown else "another task"

    def further(self, way: Sequence[Ahead]) -> list[str]:
        return [self._waits(before, ahead) for before, ahead in pairwise(way)]

    def _waits(self, before: Ahead, ahead: Ahead) -> str:
        """Whom the owner of `before` waits for."""
        if before.owner[0] not in self.shown:
            return f"which waits for {self.owner(ahead)}"
        who = "which" if ahead.job is None else f"whose job {ahead.job!r}"
        what = f"the lock {ahead.lock!r} of " if ahead.lock is not None else ""
        return f"{who} waits for {what}{self.owner(ahead)}"


def _shown_with(connection: Connection, task_id: int, way: Iterable[Ahead]) -> frozenset[int]:
    """The tasks that everybody may see who sees this one (M10): all of them if it links no
    project, as only those who see everything see it then."""
    tasks = {task_id, *(each.owner[0] for each in way)}
    links = projects_of(connection, tasks)
    needed = set(links.get(task_id, ()))
    return frozenset(one for one in tasks if needed <= set(links.get(one, ())))
