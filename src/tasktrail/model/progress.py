"""How a job goes on: one step after another, until the job has ended."""

from __future__ import annotations

from tasktrail.model.course import FAILURE, allows_step, goes_forward, may_run, stop_in_effect
from tasktrail.model.draft import Draft
from tasktrail.model.job import Job
from tasktrail.model.opening import open_jobs, release_locks, skip_forbidden_jobs
from tasktrail.model.outcome import Canceled
from tasktrail.model.rollup import job_status
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.stopping import (
    current_step,
    drop_waiting_step,
    mark_stopped,
    stop_running_step,
)


def continue_job(draft: Draft, job_id: int) -> None:
    """Start the next step that the course of events allows; without one, end the job."""
    job = draft.job(job_id)
    for step in draft.steps_of(job_id):
        if step.status.final:
            continue
        if may_run(draft, job, step):
            start_step(draft, step)
            return
        _skip_step(draft, step)
    end_job(draft, job_id)


def end_job(draft: Draft, job_id: int) -> None:
    """Close a job whose steps have all ended, with what follows for its locks and other jobs."""
    job = draft.job(job_id)
    status = job_status((step.status for step in draft.steps_of(job_id)), job.stopped)
    draft.move_job(job_id, status)
    release_locks(draft, job)
    if status in FAILURE and draft.plan.fail_fast:
        _fail_fast(draft, job)
    open_jobs(draft, draft.state.dependents[job.name])


def start_step(draft: Draft, step: Step) -> None:
    """Begin the next attempt at a step. It counts from here on, whatever becomes of its worker."""
    number = step.attempts + 1
    draft.move_step(
        step.id,
        Status.IN_PROGRESS,
        message=f"attempt {number}" if number > 1 else None,
        attempts=number,
        started_at=step.started_at or draft.now,
        retry_at=None,
    )
    draft.set_attempt(
        Attempt(
            step_id=step.id,
            number=number,
            task_id=step.task_id,
            status=Status.IN_PROGRESS,
            started_at=draft.now,
        )
    )


def _skip_step(draft: Draft, step: Step) -> None:
    """A step that would have run but for a stop counts as stopped."""
    if allows_step(draft, step):
        stop = stop_in_effect(draft, draft.job(step.job_id))
        assert stop is not None
        mark_stopped(draft, step.job_id, stop)
    draft.move_step(step.id, Status.SKIPPED)


def _fail_fast(draft: Draft, failed: Job) -> None:
    """Stop the way to success in all jobs, once; clean-up and roll-back go on."""
    others = [job for job in draft.jobs() if job.id != failed.id]
    if any(job.status in FAILURE for job in others):
        return
    which = "a job of the system" if draft.job_plan(failed).system else f"the job {failed.name}"
    message = f"stopped because {which} did not succeed (fail_fast)"
    for job in others:
        step = current_step(draft, job)
        if step is not None and goes_forward(draft, job, draft.state.step_plan(step)):
            drop_waiting_step(draft, job, Status.CANCELED)
            stop_running_step(draft, job, Canceled(message=message))
    skip_forbidden_jobs(draft)
