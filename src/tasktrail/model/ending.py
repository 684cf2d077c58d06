"""The task's own status, brought in line with its jobs after every decision."""

from __future__ import annotations

from tasktrail.model.draft import Draft
from tasktrail.model.rollup import task_status
from tasktrail.model.status import RUNNING, Status
from tasktrail.model.task import CancelRequest, ErrorRecord


def settle_task(draft: Draft, *, worker_lost: bool = False) -> None:
    """Bring the task's status in line with its jobs."""
    task = draft.task
    if task.status.final:
        return
    statuses = draft.job_statuses()
    if all(status.final for status in statuses):
        _end_task(draft, statuses)
        return
    status = _live_status(draft, statuses, worker_lost=worker_lost)
    if status is not task.status:
        draft.move_task(status)


def _live_status(draft: Draft, statuses: set[Status], *, worker_lost: bool) -> Status:
    """What the task is while not all of its jobs have ended.

    A task whose next job waits for a slot stays in progress; it is queued when nothing of it runs
    because a worker died or a back-off was over.
    """
    task = draft.task
    if task.started_at is None:
        return Status.QUEUED if Status.QUEUED in statuses else Status.PENDING
    if task.cancel is not None:
        return Status.CANCELING
    if statuses & RUNNING:
        return Status.IN_PROGRESS
    if Status.QUEUED in statuses:
        waits_again = worker_lost or task.status is Status.BACKED_OFF
        return Status.QUEUED if waits_again else task.status
    return Status.BACKED_OFF if Status.BACKED_OFF in statuses else task.status


def _end_task(draft: Draft, statuses: set[Status]) -> None:
    status = task_status(statuses, draft.task.stopped)
    error = _first_error(draft) if status is Status.FAILED else None
    cancel = draft.task.cancel
    draft.move_task(
        status,
        by=cancel.by if cancel and status is Status.CANCELED else None,
        message=_message(error, cancel, status),
        error=error,
    )
    draft.changes.releases.append(None)


def _message(error: ErrorRecord | None, cancel: CancelRequest | None, status: Status) -> str | None:
    if error is not None:
        return error.message
    return cancel.reason if cancel is not None and status is Status.CANCELED else None


def _first_error(draft: Draft) -> ErrorRecord | None:
    failed = [
        step
        for job in draft.jobs()
        for step in draft.steps_of(job.id)
        if step.error is not None and step.status is Status.FAILED
    ]
    failed.sort(key=lambda step: (draft.hidden(step), step.ended_at or 0, step.id))
    return failed[0].error if failed else None
