"""The course of a task: what ran when, and after what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tasktrail.model.job import Job
from tasktrail.model.plan import When
from tasktrail.model.status import RUNNING, WENT_WELL
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord


def wrong_order(record: TaskRecord) -> Iterator[Finding]:
    """Steps that ran at the same time or in the wrong order, jobs that did not wait."""
    by_name = {job.name: job for job in record.jobs}
    for job in record.jobs:
        yield from _overlaps(record, job)
        plan = record.job_plan(job)
        for need in (by_name[name] for name in plan.after):
            if job.started_at is None:
                continue
            if need.ended_at is None or need.ended_at > job.started_at:
                yield _of(record, f"job {job.name} started before job {need.name} had ended")
            elif plan.when is When.ON_SUCCESS and need.status not in WENT_WELL:
                yield _of(record, f"job {job.name} started although {need.name} is {need.status}")


def _overlaps(record: TaskRecord, job: Job) -> Iterator[Finding]:
    ran = sorted(
        (
            (attempt.started_at, step.position, attempt.number, attempt.ended_at, step.name)
            for step in record.steps_of(job)
            for attempt in record.attempts_of(step)
        ),
    )
    for earlier, later in pairwise(ran):
        ended = earlier[3]
        if ended is None or ended > later[0]:
            yield _of(
                record, f"in job {job.name}, {later[4]} started before {earlier[4]} had ended"
            )
        if later[1] < earlier[1]:
            yield _of(record, f"in job {job.name}, {later[4]} ran after {earlier[4]}")


def wrong_owners(record: TaskRecord) -> Iterator[Finding]:
    """Jobs that run without exactly one step, or hold no lock that they need; and the other way."""
    task = record.task
    for job in record.jobs:
        running = [step for step in record.steps_of(job) if step.status in RUNNING]
        if len(running) != (1 if job.status in RUNNING else 0):
            names = ", ".join(step.name for step in running) or "none"
            yield _owner(record, f"job {job.name} is {job.status}, and of its steps run: {names}")
        wanted = set(record.job_plan(job).locks) if job.status in RUNNING else set[str]()
        yield from _locks_missing(record, f"job {job.name}", wanted, {None, job.id})
    if not task.locked and not task.status.final and task.started_at is not None:
        yield from _locks_missing(record, "the task", set(record.plan.locks), {None})
    final_jobs = {job.id for job in record.jobs if job.status.final}
    for name, job_id in record.held:
        if task.status.final or job_id in final_jobs:
            yield _owner(record, f"it has ended and still holds the lock {name}")


def _locks_missing(
    record: TaskRecord, what: str, wanted: set[str], owners: set[int | None]
) -> Iterator[Finding]:
    held = {name for name, owner in record.held if owner in owners}
    for name in sorted(wanted - held):
        yield _owner(record, f"{what} runs without the lock {name}")


def _of(record: TaskRecord, message: str) -> Finding:
    return Finding(Invariant.ORDER, message, record.task.id)


def _owner(record: TaskRecord, message: str) -> Finding:
    return Finding(Invariant.OWNERS, message, record.task.id)
