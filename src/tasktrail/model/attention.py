"""Which decisions an engine that works elsewhere has to be told of."""

from __future__ import annotations

from tasktrail.model.changes import Changes
from tasktrail.model.happening import (
    ClaimGivenUp,
    Happening,
    JobClaimed,
    JobLimitReached,
    RetryDue,
    StartDue,
    StepEnded,
    TaskLimitReached,
    WorkerLost,
)
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status

FORESEEN = 60.0
"""Seconds: a time limit of so much or more is reckoned with before its job starts."""

_BY_THE_ENGINE = (
    WorkerLost | ClaimGivenUp | RetryDue | StartDue | TaskLimitReached | JobLimitReached
)


def calls_for_attention(state: TaskState, happening: Happening, changes: Changes) -> bool:
    """Whether the engine has to look at a task because of what `happening` has changed; `state` is
    that after it.

    What the engine itself lets happen it looks at in any case, and so it does at the end of a
    worker's job, before which no report changes anything for other jobs. A job that backs off stays
    with its worker, though, and the engine has to know until when. A start is foreseen, but for
    time limits that are shorter than it looks ahead.
    """
    if isinstance(happening, StepEnded):
        job = changes.jobs.get(happening.job_id)
        return job is not None and job.status is Status.BACKED_OFF
    if isinstance(happening, JobClaimed):
        return _starts_short_limit(state, happening.job_id, changes)
    return not isinstance(happening, _BY_THE_ENGINE)


def _starts_short_limit(state: TaskState, job_id: int, changes: Changes) -> bool:
    job, task = changes.jobs.get(job_id), state.task
    if job is None or job.started_at != task.updated_at:
        return False  # it had started before
    limits = [state.job_plan(job).timeout]
    if task.started_at == job.started_at:
        limits.append(state.plan.time_limit)
    return any(limit is not None and limit < FORESEEN for limit in limits)
