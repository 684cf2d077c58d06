"""Timers of live tasks: time limits, retries and start times. Nothing polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.actions.ledger import Decided
from tasktrail.model.due import START, TASK_LIMIT, job_limit, seconds_until, task_limit
from tasktrail.model.happening import Happening, JobLimitReached, RetryDue
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.task import Task


class Timers:
    """Follows decisions, and says when something is due by `fire(task_id, happening)`.

    What is due when: see `model.due`. Only what a decision has changed is looked at.
    """

    def __init__(
        self, clock: Callable[[], Instant], fire: Callable[[int, Happening], None]
    ) -> None:
        self._clock = clock
        self._fire = fire
        self._handles: dict[int, dict[Happening, asyncio.TimerHandle]] = {}
        """By task, and by what is due."""
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
            if step.status is Status.BACKED_OFF:
                self._set(task, RetryDue(step.id), step.retry_at)
            elif len(self._handles.get(task.id, ())) > 1:
                # A task that runs has the timer of its limit; most steps are never retried.
                self._unset(task, RetryDue(step.id))

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
        self._keep(task, TASK_LIMIT, task_limit(task, plan))
        self._keep(task, START, task.not_before)

    def _follow_job(self, task: Task, job: Job, plan: TaskPlan) -> None:
        if plan.jobs[job.position].timeout is not None:
            self._keep(task, JobLimitReached(job.id), job_limit(job, plan))

    def _keep(self, task: Task, happening: Happening, due: Instant | None) -> None:
        if due is None:
            self._unset(task, happening)
        else:
            self._set(task, happening, due)

    def _unset(self, task: Task, happening: Happening) -> None:
        handle = self._handles.get(task.id, {}).pop(happening, None)
        if handle is not None:
            handle.cancel()

    def _set(self, task: Task, happening: Happening, due: Instant | None) -> None:
        handles = self._handles.setdefault(task.id, {})
        if due is None or happening in handles:
            return
        delay = seconds_until(happening, due, task, self._clock())
        handles[happening] = asyncio.get_running_loop().call_later(
            delay, self._ring, task.id, happening
        )

    def _ring(self, task_id: int, happening: Happening) -> None:
        self._handles.get(task_id, {}).pop(happening, None)
        self._fire(task_id, happening)
