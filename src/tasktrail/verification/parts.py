"""A task is there with all that its plan names, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from tasktrail.model.event import EventKind
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord


def missing_parts(record: TaskRecord) -> Iterator[Finding]:
    """What of the task's plan has no record, and what has a record without a plan."""
    task_id = record.task.id
    planned = [job.name for job in record.plan.jobs]
    found = [job.name for job in record.jobs]
    if planned != found:
        yield _of(task_id, f"its plan has the jobs {planned}, its record {found}")
        return
    for job in record.jobs:
        wanted = [step.name for step in record.job_plan(job).steps]
        there = [step.name for step in record.steps_of(job)]
        if wanted != there:
            yield _of(task_id, f"the plan of job {job.name} has the steps {wanted}, not {there}")
    recorded = [event for event in record.history if event.kind is EventKind.RECORDED]
    begun = len(recorded) == 1 and record.history[0] is recorded[0]
    if record.whole and not (begun and recorded[0].by is not None):
        yield _of(task_id, "its history does not begin with who submitted it")


def _of(task_id: int, message: str) -> Finding:
    return Finding(Invariant.WHOLE, message, task_id)
