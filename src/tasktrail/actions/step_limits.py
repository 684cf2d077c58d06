"""The time limits that steps have themselves, of which nobody is told when they are reached."""

from __future__ import annotations

from collections.abc import Iterator

from tasktrail.model.due import attempt_limit
from tasktrail.model.instant import Instant, seconds_between
from tasktrail.model.job import Job
from tasktrail.model.step import Step
from tasktrail.store.task_views import TaskView


def step_limit(view: TaskView, job: Job, step: Step) -> Instant | None:
    """When the attempt that is under way reaches, or has reached, the step's own time limit."""
    attempts = view.attempts.get(step.id)
    if not attempts:
        return None
    return attempt_limit(attempts[-1], view.plan.jobs[job.position].steps[step.position])


def seconds_to_next_limit(view: TaskView, now: Instant) -> float | None:
    """How long it takes until the next step of a task reaches its own limit; None if none will."""
    return min(
        (seconds_between(now, limit) for limit in _limits(view) if limit > now), default=None
    )


def _limits(view: TaskView) -> Iterator[Instant]:
    for job in view.jobs:
        for step in view.steps.get(job.id, ()):
            limit = step_limit(view, job, step)
            if limit is not None:
                yield limit
