"""Which logs of a task are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tasktrail.errors import NotFoundError
from tasktrail.local.request import LogSelection
from tasktrail.local.shape import Attempt, Step, Task

LogName = tuple[int, int]
"""The id of a step, and the number of an attempt at it."""


@dataclass(frozen=True, slots=True)
class RemoteLog:
    """The log of one attempt at a step. No line comes any more when it `ended`."""

    job: str
    step: str
    step_id: int
    attempt: int
    ended: bool

    @property
    def name(self) -> LogName:
        """What tells it from every other one."""
        return self.step_id, self.attempt


def selected_logs(
    task: Task, wanted: LogSelection, earlier: Collection[LogName] = ()
) -> list[RemoteLog]:
    """The logs that fit, in the order of the plan: of each step the attempt that is named, else the
    last one and those that are known `earlier`, so that what was begun is read to its end.

    Raises:
        NotFoundError: there is no such job, step or attempt.
    """
    steps = [
        (job.name, step)
        for job in task.jobs
        if wanted.job in (None, job.name)
        for step in job.steps
        if wanted.step in (None, step.name)
    ]
    if not steps and (wanted.job is not None or wanted.step is not None):
        raise NotFoundError(f"task {task.id} has no such job or step")
    return [
        RemoteLog(job, step.name, step.id, attempt.number, attempt.ended_at is not None)
        for job, step in steps
        for attempt in _attempts(step, wanted, earlier)
    ]


def _attempts(step: Step, wanted: LogSelection, earlier: Collection[LogName]) -> Iterator[Attempt]:
    known = [number for step_id, number in earlier if step_id == step.id]
    for attempt in step.attempts:
        if wanted.attempt is not None:
            chosen = attempt.number == wanted.attempt
        else:
            # Attempts between two looks must not be passed over.
            chosen = attempt is step.attempts[-1] or attempt.number >= min(known, default=10**9)
        if chosen:
            yield attempt
