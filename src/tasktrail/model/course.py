"""The course of a task: which job may run, which step comes next, and when something has ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum, auto

from tasktrail.model.draft import Draft
from tasktrail.model.event import EventKind
from tasktrail.model.job import Job
from tasktrail.model.outcome import Canceled
from tasktrail.model.plan import StepPlan, When
from tasktrail.model.rollup import TROUBLE, job_status, task_status
from tasktrail.model.status import WENT_WELL, Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.stopping import mark_stopped, stop_running_step
from tasktrail.model.task import ErrorClass, ErrorRecord

_FAILURE = frozenset({Status.FAILED, Status.TIMED_OUT})
_ACTIVE = frozenset({Status.IN_PROGRESS, Status.CANCELING})


class Verdict(Enum):
    """What is to become of a job that has not started."""

    WAIT = auto()
    RUN = auto()
    SKIP = auto()


def open_jobs(draft: Draft, names: Iterable[str]) -> None:
    """Queue or skip those of the named jobs that nothing keeps waiting, and what follows."""
    waiting = deque(names)
    while waiting:
        job = draft.job_named(waiting.popleft())
        if job.started_at is not None or job.status.final:
            continue
        match _verdict(draft, job):
            case Verdict.SKIP:
                _skip_job(draft, job)
                waiting.extend(draft.state.dependents[job.name])
            case Verdict.RUN if job.status is Status.PENDING:
                _queue_job(draft, job)
            case _:
                pass


def continue_job(draft: Draft, job_id: int) -> None:
    """Start the next step that the course of events allows; without one, end the job."""
    job = draft.job(job_id)
    for step in draft.steps_of(job_id):
        if step.status.final:
            continue
        if _may_run(draft, job, step):
            start_step(draft, step)
            return
        _skip_step(draft, step)
    _end_job(draft, job_id)


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


def settle_task(draft: Draft, *, worker_lost: bool = False) -> None:
    """Bring the task's status in line with its jobs."""
    task = draft.task
    if task.status.final:
        return
    statuses = {job.status for job in draft.jobs()}
    if all(status.final for status in statuses):
        _end_task(draft, statuses)
        return
    status = _live_status(draft, statuses, worker_lost=worker_lost)
    if status is not task.status:
        draft.move_task(status)


def _live_status(draft: Draft, statuses: set[Status], *, worker_lost: bool) -> Status:
    task = draft.task
    if task.started_at is None:
        return Status.QUEUED if Status.QUEUED in statuses else Status.PENDING
    if task.cancel is not None:
        return Status.CANCELING
    if statuses & _ACTIVE:
        return Status.IN_PROGRESS
    if Status.QUEUED in statuses:
        waits_again = worker_lost or task.status is Status.BACKED_OFF
        return Status.QUEUED if waits_again else task.status
    return Status.BACKED_OFF if Status.BACKED_OFF in statuses else task.status


def _end_task(draft: Draft, statuses: set[Status]) -> None:
    status = task_status(statuses, draft.task.stopped)
    error = _first_error(draft) if status is Status.FAILED else None
    draft.move_task(status, message=error.message if error else None, error=error)
    draft.changes.releases.append(None)


def _first_error(draft: Draft) -> ErrorRecord | None:
    failed = [
        step
        for job in draft.jobs()
        for step in draft.steps_of(job.id)
        if step.error is not None and step.status is Status.FAILED
    ]
    failed.sort(key=lambda step: (_hidden(draft, step), step.ended_at or 0, step.id))
    return failed[0].error if failed else None


def _hidden(draft: Draft, step: Step) -> bool:
    return step.system or draft.job_plan(draft.job(step.job_id)).system


def _verdict(draft: Draft, job: Job) -> Verdict:
    plan = draft.job_plan(job)
    if _task_stops(draft, plan.when):
        return Verdict.SKIP
    needs = [draft.job_named(name) for name in plan.after]
    if not all(need.status.final for need in needs):
        return Verdict.WAIT
    match plan.when:
        case When.ALWAYS:
            runs = True
        case When.ON_SUCCESS:
            runs = all(need.status in WENT_WELL for need in needs)
        case When.ON_FAILURE:
            runs = any(_in_trouble(draft, need) for need in needs)
    return Verdict.RUN if runs else Verdict.SKIP


def _task_stops(draft: Draft, when: When) -> bool:
    """Whether a stop of the whole task keeps a job that has not started from ever starting."""
    task = draft.task
    if task.limit_reached_at is not None:
        return True
    if task.cancel is not None:
        return task.started_at is None or task.cancel.forced or when is not When.ALWAYS
    return when is When.ON_SUCCESS and failed_fast(draft)


def failed_fast(draft: Draft) -> bool:
    """Whether `fail_fast` ends the task because one of its jobs did not end well."""
    return draft.plan.fail_fast and any(job.status in _FAILURE for job in draft.jobs())


def _in_trouble(draft: Draft, job: Job) -> bool:
    """Whether a job failed, or was skipped because one that it needs is in trouble."""
    if job.status is Status.SKIPPED:
        needs = draft.job_plan(job).after
        return any(_in_trouble(draft, draft.job_named(name)) for name in needs)
    return job.status in TROUBLE


def _queue_job(draft: Draft, job: Job) -> None:
    if draft.job_plan(job).locks:
        draft.changes.lock_requests.append(job.id)
        draft.set_task()
    else:
        draft.move_job(job.id, Status.QUEUED)


def _skip_job(draft: Draft, job: Job) -> None:
    if draft.task.cancel is not None:
        mark_stopped(draft, None, Status.CANCELED)
    for step in draft.steps_of(job.id):
        draft.move_step(step.id, Status.SKIPPED)
    draft.move_job(job.id, Status.SKIPPED)
    _release_locks(draft, job)


def _skip_step(draft: Draft, step: Step) -> None:
    stop = _stop_in_effect(draft, draft.job(step.job_id))
    if stop is not None and _course_allows(draft, step):
        mark_stopped(draft, step.job_id, stop)
    draft.move_step(step.id, Status.SKIPPED)


def _may_run(draft: Draft, job: Job, step: Step) -> bool:
    plan = draft.state.step_plan(step)
    if plan.system and plan.when is When.ALWAYS:
        return True
    return not _stop_forbids(draft, job, plan) and _course_allows(draft, step)


def _stop_forbids(draft: Draft, job: Job, plan: StepPlan) -> bool:
    task = draft.task
    if task.limit_reached_at is not None or job.limit_reached_at is not None:
        return True
    if task.cancel is not None:
        return task.cancel.forced or plan.when is not When.ALWAYS
    return False


def _stop_in_effect(draft: Draft, job: Job) -> Status | None:
    if draft.task.limit_reached_at is not None or job.limit_reached_at is not None:
        return Status.TIMED_OUT
    return Status.CANCELED if draft.task.cancel is not None else None


def _course_allows(draft: Draft, step: Step) -> bool:
    """Whether the steps before it allow a step, leaving stops aside.

    When one of the system's own steps did not succeed there is nothing to clean up in, so nothing
    of the user's runs.
    """
    before = [other for other in draft.steps_of(step.job_id) if other.position < step.position]
    if any(other.system and other.status in TROUBLE for other in before):
        return False
    match draft.state.step_plan(step).when:
        case When.ALWAYS:
            return True
        case When.ON_SUCCESS:
            return not any(other.status in TROUBLE for other in before)
        case When.ON_FAILURE:
            return any(other.status in _FAILURE for other in before)


def _end_job(draft: Draft, job_id: int) -> None:
    job = draft.job(job_id)
    status = job_status((step.status for step in draft.steps_of(job_id)), job.stopped)
    draft.move_job(job_id, status)
    _release_locks(draft, job)
    if status in _FAILURE and failed_fast(draft):
        _stop_the_others(draft, job)
    else:
        open_jobs(draft, draft.state.dependents[job.name])


def _stop_the_others(draft: Draft, failed: Job) -> None:
    message = f"stopped because the job {failed.name} did not succeed (fail_fast)"
    for job in list(draft.jobs()):
        stop_running_step(draft, job, Canceled(message=message))
    open_jobs(draft, [job.name for job in draft.jobs()])


def _release_locks(draft: Draft, job: Job) -> None:
    if draft.job_plan(job).locks:
        draft.changes.releases.append(job.id)


def error_of(message: str, step: Step, *, reference: str | None, detail: str | None) -> ErrorRecord:
    """The error record of a step: a system error has a reference, a user error has none."""
    return ErrorRecord(
        kind=ErrorClass.SYSTEM if reference else ErrorClass.USER,
        message=message,
        step_id=step.id,
        reference=reference,
        detail=detail,
    )


def ask_for_start(draft: Draft) -> None:
    """Open the first jobs of a task that nothing holds, or ask for its locks first."""
    if draft.plan.locks and draft.task.locked:
        draft.changes.lock_requests.append(None)
        draft.set_task()
    else:
        open_jobs(draft, [job.name for job in draft.jobs()])


def grant_locks(draft: Draft, job_id: int | None) -> None:
    """What waited for locks has them all."""
    draft.note(EventKind.LOCK_GRANTED, job_id=job_id)
    if job_id is None:
        draft.set_task(locked=False)
        open_jobs(draft, [job.name for job in draft.jobs()])
    elif draft.job(job_id).status is Status.PENDING:
        draft.move_job(job_id, Status.QUEUED)
