"""What comes from outside and ends things early: a cancel, a time limit of the task or a job."""

from __future__ import annotations

from tasktrail.model.course import cleans_up
from tasktrail.model.draft import Draft
from tasktrail.model.event import EventKind
from tasktrail.model.happening import CancelAsked
from tasktrail.model.job import Job
from tasktrail.model.opening import skip_forbidden_jobs
from tasktrail.model.outcome import Canceled, TimedOut, TimeLimit
from tasktrail.model.status import Status
from tasktrail.model.stopping import (
    current_step,
    drop_waiting_step,
    mark_canceling,
    mark_stopped,
    stop_running_step,
)
from tasktrail.model.task import CancelRequest


def cancel(draft: Draft, asked: CancelAsked) -> None:
    """Stop what runs, skip what waits, leave clean-up alone.

    Idempotent; may be sharpened to forced, which stops and skips clean-up as well.
    """
    before = draft.task.cancel
    if before is not None and (before.forced or not asked.forced):
        return
    draft.set_task(
        cancel=CancelRequest(
            at=before.at if before else draft.now,
            by=before.by if before else asked.by,
            forced=asked.forced,
            reason=before.reason if before else asked.reason,
        )
    )
    draft.note(EventKind.CANCEL_ASKED, by=asked.by, message=_how(asked))
    if draft.task.started_at is not None and before is None:
        draft.move_task(Status.CANCELING, by=asked.by)
    outcome = Canceled(message=_why(asked))
    for job in list(draft.jobs()):
        if not asked.forced and _is_cleaning_up(draft, job):
            mark_canceling(draft, job, outcome)
            continue
        drop_waiting_step(draft, job, Status.CANCELED)
        stop_running_step(draft, job, outcome, forced=asked.forced)
    skip_forbidden_jobs(draft)


def _how(asked: CancelAsked) -> str | None:
    return asked.reason or ("forced: no grace" if asked.forced else None)


def _why(asked: CancelAsked) -> str:
    who = asked.by.name if asked.by is not None else "the engine"
    return f"canceled by {who}" + (f": {asked.reason}" if asked.reason else "")


def _is_cleaning_up(draft: Draft, job: Job) -> bool:
    step = current_step(draft, job)
    return step is not None and cleans_up(draft, job, draft.state.step_plan(step))


def reach_task_limit(draft: Draft) -> None:
    """End the whole task as timed out (M9). Its clock runs from its first start."""
    if draft.task.started_at is None or draft.task.limit_reached_at is not None:
        return
    message = f"the task's time limit of {draft.plan.time_limit:g} s was reached"
    draft.set_task(limit_reached_at=draft.now)
    mark_stopped(draft, None, Status.TIMED_OUT)
    draft.note(EventKind.TIME_LIMIT, message=message)
    for job in list(draft.jobs()):
        drop_waiting_step(draft, job, Status.TIMED_OUT)
        stop_running_step(draft, job, TimedOut(limit=TimeLimit.TASK, message=message))
    skip_forbidden_jobs(draft)


def reach_job_limit(draft: Draft, job_id: int) -> None:
    """End one job as timed out."""
    job = draft.job(job_id)
    limit = draft.job_plan(job).timeout
    running = job.started_at is not None and not job.status.final
    if limit is None or not running or job.limit_reached_at is not None:
        return
    message = f"the job's time limit of {limit:g} s was reached"
    draft.set_job(job_id, limit_reached_at=draft.now)
    draft.note(EventKind.TIME_LIMIT, job_id=job_id, message=message)
    drop_waiting_step(draft, job, Status.TIMED_OUT)
    stop_running_step(draft, job, TimedOut(limit=TimeLimit.JOB, message=message))
