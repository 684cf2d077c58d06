"""How jobs come to start: opened when nothing keeps them waiting, held by locks, or skipped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from tasktrail.model.course import Verdict, allows_job, stop_forbids_job, verdict_on
from tasktrail.model.draft import Draft
from tasktrail.model.event import EventKind
from tasktrail.model.job import Job
from tasktrail.model.status import Status
from tasktrail.model.stopping import mark_stopped


def ask_for_start(draft: Draft) -> None:
    """Open the first jobs of a task that nothing holds, or ask for its locks first."""
    if draft.task.status is not Status.PENDING:
        return
    draft.set_task(not_before=None)
    if draft.plan.locks and draft.task.locked:
        draft.changes.lock_requests.append(None)
    else:
        open_jobs(draft, [job.name for job in draft.jobs()])


def grant_locks(draft: Draft, job_id: int | None) -> None:
    """What waited for locks has them all."""
    if job_id is None:
        _grant_to_task(draft)
    else:
        _grant_to_job(draft, draft.job(job_id))


def _grant_to_task(draft: Draft) -> None:
    if draft.plan.locks and draft.task.locked:
        draft.note(EventKind.LOCK_GRANTED)
        draft.set_task(locked=False)
        open_jobs(draft, [job.name for job in draft.jobs()])


def _grant_to_job(draft: Draft, job: Job) -> None:
    waits = job.status is Status.PENDING and bool(draft.job_plan(job).locks)
    if waits and verdict_on(draft, job) is Verdict.RUN:
        draft.note(EventKind.LOCK_GRANTED, job_id=job.id)
        draft.move_job(job.id, Status.QUEUED)


def skip_forbidden_jobs(draft: Draft) -> None:
    """Skip the jobs that a stop keeps from ever starting, and open what waited only for them."""
    open_jobs(draft, [job.name for job in draft.jobs() if stop_forbids_job(draft, job)])


def open_jobs(draft: Draft, names: Iterable[str]) -> None:
    """Queue or skip those of the named jobs that nothing keeps waiting, and what follows."""
    waiting = deque(names)
    while waiting:
        job = draft.job_named(waiting.popleft())
        if job.started_at is not None or job.status.final:
            continue
        match verdict_on(draft, job):
            case Verdict.SKIP:
                _skip_job(draft, job)
                waiting.extend(draft.state.dependents[job.name])
            case Verdict.RUN if job.status is Status.PENDING:
                _queue_job(draft, job)
            case _:
                pass


def _queue_job(draft: Draft, job: Job) -> None:
    if not draft.job_plan(job).locks:
        draft.move_job(job.id, Status.QUEUED)
    elif job.id not in draft.changes.lock_requests:
        draft.changes.lock_requests.append(job.id)
        draft.set_task()


def _skip_job(draft: Draft, job: Job) -> None:
    if draft.task.cancel is not None and allows_job(draft, job):
        mark_stopped(draft, None, Status.CANCELED)
    for step in draft.steps_of(job.id):
        draft.move_step(step.id, Status.SKIPPED)
    draft.move_job(job.id, Status.SKIPPED)
    release_locks(draft, job)


def release_locks(draft: Draft, job: Job) -> None:
    """Give back the locks of a job that has ended."""
    if draft.job_plan(job).locks:
        draft.changes.releases.append(job.id)
