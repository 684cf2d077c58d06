"""Which logs of a task there are for somebody. What is read of logs is named by what comes from
here, so that nobody reads one that may not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.sight import SeenTask, see_task
from tasktrail.errors import NotFoundError
from tasktrail.model.access import Actor
from tasktrail.model.job import Job
from tasktrail.model.step import Step
from tasktrail.model.template import slug
from tasktrail.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSelection:
    """Which logs of a task; None means all. Names as written, or as references spell them."""

    job: str | None = None
    step: str | None = None
    attempt: int | None = None
    step_id: int | None = None


class FoundLogs(NamedTuple):
    """The logs that fit a selection, of all attempts, and whether their task is over."""

    logs: Sequence[AttemptLog]
    over: bool


async def find_logs(store: Store, actor: Actor, task_id: int, wanted: LogSelection) -> FoundLogs:
    """The logs of a task that fit.

    Raises:
        NotFoundError: there is no such task, job or step, or none that `actor` may see.
    """
    seen = await store.read(lambda connection: see_task(connection, actor, task_id))
    check_selection(seen, wanted)
    return FoundLogs(attempt_logs(seen, wanted), over=seen.view.task.status.final)


def attempt_logs(seen: SeenTask, wanted: LogSelection) -> list[AttemptLog]:
    """The attempts that were made so far and fit, in the order of the plan."""
    return [
        AttemptLog(step.id, attempt.number, job.name, step.name, attempt.ended_at is not None)
        for job in _jobs(seen)
        if _fits(wanted.job, job.name)
        for step in _steps(seen, job)
        if _fits(wanted.step, step.name) and wanted.step_id in (None, step.id)
        for attempt in seen.view.attempts.get(step.id, ())
        if wanted.attempt in (None, attempt.number)
    ]


def last_attempts(logs: Sequence[AttemptLog]) -> list[AttemptLog]:
    """Of each step only the last attempt."""
    return list({log.step_id: log for log in logs}.values())


def check_selection(seen: SeenTask, wanted: LogSelection) -> None:
    """Accept a selection that names jobs and steps which the task has.

    Raises:
        NotFoundError: it has no such job or step, or none that may be seen.
    """
    task_id = seen.view.task.id
    jobs = [job for job in _jobs(seen) if _fits(wanted.job, job.name)]
    if not jobs and wanted.job is not None:
        names = [job.name for job in _jobs(seen)]
        raise NotFoundError(
            f"task {task_id} has no job {wanted.job!r}",
            hint=f"it has: {', '.join(names)}" if names else None,
        )
    steps = [step for job in jobs for step in _steps(seen, job)]
    if wanted.step_id is not None and not any(step.id == wanted.step_id for step in steps):
        raise NotFoundError(f"task {task_id} has no step {wanted.step_id}")
    if wanted.step is not None and not any(_fits(wanted.step, step.name) for step in steps):
        names = list(dict.fromkeys(step.name for step in steps))
        raise NotFoundError(
            f"task {task_id} has no step {wanted.step!r}",
            hint=f"it has: {', '.join(names)}" if names else None,
        )


def _jobs(seen: SeenTask) -> list[Job]:
    view = seen.view
    return [job for job in view.jobs if seen.system or not view.plan.jobs[job.position].system]


def _steps(seen: SeenTask, job: Job) -> list[Step]:
    return [step for step in seen.view.steps.get(job.id, ()) if seen.system or not step.system]


def _fits(wanted: str | None, name: str) -> bool:
    return wanted is None or wanted == name or slug(wanted) == slug(name)
