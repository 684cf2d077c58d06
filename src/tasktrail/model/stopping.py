"""Stopping what runs: cancel, time limits, fail_fast."""

from __future__ import annotations

from tasktrail.model.changes import StopStep
from tasktrail.model.course import outlives_stops
from tasktrail.model.draft import Draft
from tasktrail.model.job import Job
from tasktrail.model.outcome import Canceled, TimedOut
from tasktrail.model.status import RUNNING, Status
from tasktrail.model.step import Step

_BEGUN = RUNNING | {Status.QUEUED, Status.BACKED_OFF}


def mark_stopped(draft: Draft, job_id: int | None, status: Status) -> None:
    """Remember that a stop kept something of the job and of the task from running to its end.

    A time limit outranks a cancel. A job's own time limit and fail_fast are the job's affair: the
    task's roll-up sees them through the job.
    """
    task = draft.task
    of_task = task.limit_reached_at if status is Status.TIMED_OUT else task.cancel
    if of_task is not None and _outranks(status, task.stopped):
        draft.set_task(stopped=status)
    if job_id is not None and _outranks(status, draft.job(job_id).stopped):
        draft.set_job(job_id, stopped=status)


def _outranks(status: Status, before: Status | None) -> bool:
    return before is None or (before is Status.CANCELED and status is Status.TIMED_OUT)


def current_step(draft: Draft, job: Job) -> Step | None:
    """The step of a job that has begun and not ended: it runs, or waits for a retry or a worker."""
    if job.started_at is None or job.status.final:
        return None
    return next((step for step in draft.steps_of(job.id) if step.status in _BEGUN), None)


def running_step(draft: Draft, job: Job) -> Step | None:
    """The step of a job that a worker is at, if any."""
    return current_step(draft, job) if job.status in RUNNING else None


def stop_running_step(
    draft: Draft, job: Job, outcome: Canceled | TimedOut, *, forced: bool = False
) -> None:
    """Have the running step of a job stopped, unless it outlives stops.

    A canceled one shows as canceling; a timed-out one stays in progress until its work is stopped.
    """
    step = running_step(draft, job)
    if step is None:
        return
    if isinstance(outcome, Canceled):
        mark_canceling(draft, job, outcome)
    if outlives_stops(draft.state.step_plan(step)):
        return
    if isinstance(outcome, Canceled) and step.status is Status.IN_PROGRESS:
        draft.move_step(step.id, Status.CANCELING, message=outcome.message)
    draft.changes.stops.append(StopStep(job.id, step.id, outcome, forced))
    draft.set_task()


def mark_canceling(draft: Draft, job: Job, canceled: Canceled) -> None:
    """Show that a job which runs is only being brought to its end."""
    if draft.job(job.id).status is Status.IN_PROGRESS:
        draft.move_job(job.id, Status.CANCELING, message=canceled.message)


def drop_waiting_step(draft: Draft, job: Job, status: Status) -> None:
    """End the step that a started job waits with (for a retry, or a worker); queue its clean-up.

    A step that outlives stops goes on waiting.
    """
    step = current_step(draft, job)
    if step is None or step.status in RUNNING or outlives_stops(draft.state.step_plan(step)):
        return
    mark_stopped(draft, job.id, status)
    draft.move_step(step.id, status, retry_at=None)
    if job.status is Status.BACKED_OFF:
        draft.move_job(job.id, Status.QUEUED)
