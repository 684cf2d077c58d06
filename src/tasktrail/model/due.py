"""What is due at which time: limits, retries and start times of one task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tasktrail.model.happening import (
    Happening,
    JobLimitReached,
    RetryDue,
    StartDue,
    TaskLimitReached,
)
from tasktrail.model.instant import Instant, after, seconds_between
from tasktrail.model.job import Job
from tasktrail.model.plan import StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.step import Attempt
from tasktrail.model.task import Task

TASK_LIMIT = TaskLimitReached()
START = StartDue()


@dataclass(frozen=True, slots=True)
class Due:
    """What happens by itself, and in how many seconds; 0 where its time has come."""

    happening: Happening
    seconds: float


def due_of(state: TaskState, now: Instant) -> Iterator[Due]:
    """Everything that will happen to a task by itself."""
    task = state.task
    if task.status.final:
        return
    for happening, at in _times(state):
        if at is not None:
            yield Due(happening, seconds_until(happening, at, task, now))


def seconds_until(happening: Happening, at: Instant, task: Task, now: Instant) -> float:
    """How long to wait for what is due `at`, which is never less than nothing.

    A limit or a back-off counts from the last change of its task at the earliest, as decisions do:
    a clock that was set back makes nobody wait for the time it has to go once more. A start time is
    one of the clock on the wall.
    """
    if happening is not START:
        now = max(now, task.updated_at)
    return max(0.0, seconds_between(now, at))


def task_limit(task: Task, plan: TaskPlan) -> Instant | None:
    """When the time limit of a task is reached."""
    if task.started_at is None or task.limit_reached_at is not None:
        return None
    return after(task.started_at, plan.time_limit)


def job_limit(job: Job, plan: TaskPlan) -> Instant | None:
    """When the time limit of a job is reached."""
    timeout = plan.jobs[job.position].timeout
    if timeout is None or job.started_at is None:
        return None
    if job.limit_reached_at is not None or job.status.final:
        return None
    return after(job.started_at, timeout)


def attempt_limit(attempt: Attempt, plan: StepPlan) -> Instant | None:
    """When the time limit of a step is reached by an attempt at it that goes on.

    Nobody decides anything then: whoever carries the attempt out stops it by itself, and reports it
    when it is over.
    """
    if plan.timeout is None or attempt.ended_at is not None:
        return None
    return after(attempt.started_at, plan.timeout)


def _times(state: TaskState) -> Iterator[tuple[Happening, Instant | None]]:
    yield TASK_LIMIT, task_limit(state.task, state.plan)
    yield START, state.task.not_before
    for job in state.jobs.values():
        yield JobLimitReached(job.id), job_limit(job, state.plan)
    for step in state.steps.values():
        yield RetryDue(step.id), step.retry_at
