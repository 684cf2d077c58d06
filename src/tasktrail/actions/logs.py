"""Reading and following the logs of a task."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from tasktrail.errors import NotFoundError
from tasktrail.logs.follow import follow
from tasktrail.logs.hub import LogHub
from tasktrail.logs.line import Line
from tasktrail.logs.place import LogPlace
from tasktrail.model.instant import to_rfc3339
from tasktrail.model.template import slug
from tasktrail.store.task_views import TaskView

_LEVELS = {1: "stdout", 2: "stderr", 3: "system"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSelection:
    """Which logs of a task; None means all. Names as written, or as references spell them."""

    job: str | None = None
    step: str | None = None
    attempt: int | None = None
    system: bool = False


@dataclass(frozen=True, slots=True)
class AttemptLog:
    """The log of one attempt, by what names it. Once it `ended`, all of the log is there."""

    step_id: int
    attempt: int
    job: str
    step: str
    ended: bool


class LogReading:
    """The logs of this installation."""

    def __init__(self, place: LogPlace, hub: LogHub) -> None:
        self._place = place
        self._hub = hub

    async def lines(
        self, task_id: int, log: AttemptLog, *, live: bool = True, start: int = 1
    ) -> AsyncGenerator[dict[str, Any]]:
        """The lines of an attempt from number `start` on as JSON: those that are there, or with
        `live` up to its end."""
        path = self._place.path(task_id, log.step_id, log.attempt)
        # A hub that nobody writes to lets a follower end with what is there.
        async for batch in follow(self._hub if live else LogHub(), path, start):
            for line in batch:
                yield _present(log, line)


def attempt_logs(view: TaskView, wanted: LogSelection) -> list[AttemptLog]:
    """The attempts that were made so far and fit, in the order of the plan."""
    return [
        AttemptLog(step.id, attempt.number, job.name, step.name, attempt.ended_at is not None)
        for job in view.jobs
        if _fits(wanted.job, job.name)
        and (wanted.system or not view.plan.jobs[job.position].system)
        for step in view.steps.get(job.id, ())
        if _fits(wanted.step, step.name) and (wanted.system or not step.system)
        for attempt in view.attempts.get(step.id, ())
        if wanted.attempt in (None, attempt.number)
    ]


def check_selection(view: TaskView, wanted: LogSelection) -> None:
    """Accept a selection that names jobs and steps which the task has.

    Raises:
        NotFoundError: it has no such job or step.
    """
    jobs = [job for job in view.jobs if _fits(wanted.job, job.name)]
    if not jobs:
        raise NotFoundError(
            f"task {view.task.id} has no job {wanted.job!r}",
            hint=f"it has: {', '.join(job.name for job in view.jobs)}" if view.jobs else None,
        )
    steps = [step for job in jobs for step in view.steps.get(job.id, ())]
    if not any(_fits(wanted.step, step.name) for step in steps):
        names = dict.fromkeys(step.name for step in steps if wanted.system or not step.system)
        raise NotFoundError(
            f"task {view.task.id} has no step {wanted.step!r}", hint=f"it has: {', '.join(names)}"
        )


def _fits(wanted: str | None, name: str) -> bool:
    return wanted is None or wanted == name or slug(wanted) == slug(name)


def _present(log: AttemptLog, line: Line) -> dict[str, Any]:
    return {
        "type": "log",
        "job": log.job,
        "step": log.step,
        "stepId": log.step_id,
        "attempt": log.attempt,
        "line": line.number,
        "level": _LEVELS.get(line.stream, "stdout"),
        "time": to_rfc3339(line.time),
        "text": line.decode(),
    }
