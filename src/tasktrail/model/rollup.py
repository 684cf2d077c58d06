"""A job's status from its steps, a task's from its jobs. Nobody sets a final one by hand."""

from __future__ import annotations

from collections.abc import Iterable

from tasktrail.model.status import Status

_WORST_FIRST = (
    Status.TIMED_OUT,
    Status.FAILED,
    Status.CANCELED,
    Status.DONE_WITH_WARNINGS,
    Status.DONE,
)

TROUBLE = frozenset({Status.TIMED_OUT, Status.FAILED, Status.CANCELED})
"""Final statuses of something that ran and did not end well."""


def job_status(steps: Iterable[Status], stopped: Status | None) -> Status:
    """The final status of a job whose steps are all final.

    `stopped` is `canceled` or `timed_out` when a stop kept one of them from running; it counts like
    one more step. A job none of whose steps ran is skipped.
    """
    found = set(steps)
    if stopped is not None:
        found.add(stopped)
    return _worst(found)


def task_status(jobs: Iterable[Status], stopped: Status | None) -> Status:
    """The final status of a task whose jobs are all final.

    A task-level time limit, or a cancel that stopped something, decides; else the worst of the
    jobs. A task whose jobs were all skipped because nothing had to be done is done.
    """
    if stopped is not None:
        return stopped
    worst = _worst(set(jobs))
    return Status.DONE if worst is Status.SKIPPED else worst


def _worst(found: set[Status]) -> Status:
    for status in _WORST_FIRST:
        if status in found:
            return status
    return Status.SKIPPED
