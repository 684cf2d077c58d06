"""Timers of live tasks: time limits, retries and start times. Nothing polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.actions.ledger import Decided
from tasktrail.model.happening import (
    Happening,
    JobLimitReached,
    RetryDue,
    StartDue,
    TaskLimitReached,
)
from tasktrail.model.instant import Instant, after, seconds_between
from tasktrail.model.job import Job
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.task import Task

_Key = tuple[str, int]


class Timers:
    """Follows decisions, and says when something is due by `fire(task_id, happening)`.

    A limit or a back-off counts from the last change of its task at the earliest, as decisions do:
    a clock that was set back makes nobody wait for the time it has to go once more.
    """

    def __init__(
        self, clock: Callable[[], Instant], fire: Callable[[int, Happening], None]
    ) -> None:
        self._clock = clock
        self._fire = fire
        self._handles: dict[int, dict[_Key, asyncio.TimerHandle]] = {}
        self._closed = False

    def follow(self, decided: Decided) -> None:
        """Set and clear the timers that a decision calls for."""
        task = decided.task
        if self._closed:
            return
        if task.status.final:
            self.clear(task.id)
            return
        self._follow_task(task, decided.plan)
        for job in decided.changes.jobs.values():
            self._follow_job(task, job, decided.plan)
        for step in decided.changes.steps.values():
            due = step.retry_at if step.status is Status.BACKED_OFF else None
            self._set(task, ("retry", step.id), due, RetryDue(step.id))

    def clear(self, task_id: int) -> None:
        """Forget all timers of a task."""
        for handle in self._handles.pop(task_id, {}).values():
            handle.cancel()

    def close(self) -> None:
        """Forget all timers, and set none any more."""
        self._closed = True
        for task_id in list(self._handles):
            self.clear(task_id)

    def _follow_task(self, task: Task, plan: TaskPlan) -> None:
        limit = None
        if task.started_at is not None and task.limit_reached_at is None:
            limit = after(task.started_at, plan.time_limit)
        self._set(task, ("task", task.id), limit, TaskLimitReached())
        self._set(task, ("start", task.id), task.not_before, StartDue())

    def _follow_job(self, task: Task, job: Job, plan: TaskPlan) -> None:
        timeout = plan.jobs[job.position].timeout
        limit = None
        if (
            timeout is not None
            and job.started_at is not None
            and job.limit_reached_at is None
            and not job.status.final
        ):
            limit = after(job.started_at, timeout)
        self._set(task, ("job", job.id), limit, JobLimitReached(job.id))

    def _set(self, task: Task, key: _Key, due: Instant | None, happening: Happening) -> None:
        handles = self._handles.get(task.id)
        if due is None:
            handle = handles.pop(key, None) if handles else None
            if handle is not None:
                handle.cancel()
            return
        if handles is None:
            handles = self._handles[task.id] = {}
        if key in handles:
            return
        now = self._clock()
        if not isinstance(happening, StartDue):  # that one is a time of the clock on the wall
            now = max(now, task.updated_at)
        delay = max(0.0, seconds_between(now, due))
        handles[key] = asyncio.get_running_loop().call_later(
            delay, self._ring, task.id, key, happening
        )

    def _ring(self, task_id: int, key: _Key, happening: Happening) -> None:
        self._handles.get(task_id, {}).pop(key, None)
        self._fire(task_id, happening)
