"""How things ended: by whose error, forgiven by what, and rolled up from what."""

from __future__ import annotations

from collections.abc import Iterator

from tasktrail.model.job import Job
from tasktrail.model.outcome import Failed, Warned
from tasktrail.model.rollup import job_status, task_status
from tasktrail.model.status import Status
from tasktrail.model.step import Step
from tasktrail.model.task import ErrorClass
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord


def wrong_endings(record: TaskRecord) -> Iterator[Finding]:
    """Final statuses that do not follow from the parts, warnings and failures without a reason."""
    for job, step in record.steps():
        if step.status is Status.DONE_WITH_WARNINGS:
            yield from _unforgivable(record, job, step)
    for job in record.jobs:
        due = job_status((step.status for step in record.steps_of(job)), job.stopped)
        if job.status.final and job.status is not due:
            yield _of(record, f"job {job.name} is {job.status}; its steps make it {due}")
    task = record.task
    if task.status.final and not task.immediate:
        due = task_status((job.status for job in record.jobs), task.stopped)
        if task.status is not due:
            yield _of(record, f"it is {task.status}; its jobs make it {due}")
    if task.status is Status.FAILED:
        yield from _unexplained(record)


def _unforgivable(record: TaskRecord, job: Job, step: Step) -> Iterator[Finding]:
    """A warning is what a step says itself, or a user error that was forgiven; nothing else."""
    if job.started_at is None and record.task.forced:
        return  # it would have waited for itself at its locks: a user error without an attempt
    outcome = record.attempts_of(step)[-1].outcome if record.attempts_of(step) else None
    forgiven = record.step_plan(job, step).allow_failure or record.task.forced
    if not isinstance(outcome, Warned) and not (isinstance(outcome, Failed) and forgiven):
        came = type(outcome).__name__.lower()
        yield Finding(
            Invariant.WARNINGS,
            f"step {step.name} of job {job.name} is done with warnings, and came to: {came}",
            record.task.id,
        )


def _unexplained(record: TaskRecord) -> Iterator[Finding]:
    failed = [(job, step) for job, step in record.steps() if step.status is Status.FAILED]
    if not failed:
        yield _of(record, "it failed, and none of its steps did")
    for _, step in failed:
        if step.error is None:
            yield _of(record, f"step {step.name} failed without an error")
    error = record.task.error
    hidden = all(step.system or record.job_plan(job).system for job, step in failed)
    needs_reference = hidden or (error is not None and error.kind is ErrorClass.SYSTEM)
    if needs_reference and (error is None or not error.reference):
        yield _of(record, "what failed cannot be seen, and there is no reference to look it up by")


def _of(record: TaskRecord, message: str) -> Finding:
    return Finding(Invariant.FAILURES, message, record.task.id)
