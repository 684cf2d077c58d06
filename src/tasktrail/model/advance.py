"""The heart: what happened to a task, and what follows from it.

`advance` is pure: it reads a state and gives changes. A store applies them in the transaction in
which the state was read; an engine carries out what they ask for.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from tasktrail.errors import StaleClaimError
from tasktrail.model.changes import Changes
from tasktrail.model.course import (
    ask_for_start,
    continue_job,
    error_of,
    grant_locks,
    open_jobs,
    settle_task,
)
from tasktrail.model.draft import Draft
from tasktrail.model.event import EventKind
from tasktrail.model.happening import (
    CancelAsked,
    Happening,
    JobClaimed,
    JobLimitReached,
    LocksGranted,
    RetryDue,
    StartDue,
    StepEnded,
    TaskLimitReached,
    WorkerLost,
)
from tasktrail.model.instant import Instant, after
from tasktrail.model.outcome import (
    Canceled,
    Errored,
    Failed,
    Outcome,
    Succeeded,
    TimedOut,
    TimeLimit,
    Warned,
)
from tasktrail.model.plan import RetryOn, SpawnAction, StepPlan
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import LogSummary, Step
from tasktrail.model.stopping import (
    drop_waiting_step,
    mark_stopped,
    running_step,
    stop_running_step,
)
from tasktrail.model.task import CancelRequest

LOST_ATTEMPTS = 3
"""How often a step that is safe to repeat is started at most when its worker keeps dying."""

_RUNNING = frozenset({Status.IN_PROGRESS, Status.CANCELING})


def advance(state: TaskState, happening: Happening, now: Instant) -> Changes:
    """Decide what follows from `happening` at `now`. Nothing ever follows for a final task.

    Raises:
        StaleClaimError: a worker reports about an attempt that is not, or no longer, its own.
    """
    draft = Draft(state, now)
    if isinstance(happening, StepEnded):
        _check_claim(draft, happening)
    if not state.task.status.final:
        _decide(draft, happening)
    return draft.changes


def _decide(draft: Draft, happening: Happening) -> None:
    match happening:
        case JobClaimed():
            _claim(draft, happening)
        case StepEnded():
            _end_step(draft, happening)
        case WorkerLost():
            _lose_worker(draft, happening)
        case RetryDue(step_id=step_id):
            _retry(draft, step_id)
        case LocksGranted(job_id=job_id):
            grant_locks(draft, job_id)
        case StartDue():
            draft.set_task(not_before=None)
            ask_for_start(draft)
        case CancelAsked():
            _cancel(draft, happening)
        case TaskLimitReached():
            _reach_task_limit(draft)
        case JobLimitReached(job_id=job_id):
            _reach_job_limit(draft, job_id)
        case _:
            assert_never(happening)
    if draft.changes:
        settle_task(draft, worker_lost=isinstance(happening, WorkerLost))


def _check_claim(draft: Draft, ended: StepEnded) -> None:
    job, step = draft.job(ended.job_id), draft.step(ended.step_id)
    current = job.claim == ended.claim and step.attempts == ended.attempt
    if not current or step.status not in _RUNNING:
        raise StaleClaimError(
            f"attempt {ended.attempt} at step {ended.step_id} is no longer this worker's"
        )


def _claim(draft: Draft, claimed: JobClaimed) -> None:
    job = draft.job(claimed.job_id)
    if job.status is not Status.QUEUED:
        return
    if draft.task.started_at is None:
        draft.set_task(started_at=draft.now)
    draft.move_job(
        job.id, Status.IN_PROGRESS, claim=claimed.claim, started_at=job.started_at or draft.now
    )
    continue_job(draft, job.id)


def _end_step(draft: Draft, ended: StepEnded) -> None:
    _record(draft, ended.step_id, ended.outcome, ended.receipt, ended.log)
    if draft.step(ended.step_id).status is Status.BACKED_OFF:
        draft.move_job(ended.job_id, Status.BACKED_OFF, claim=None)
    else:
        continue_job(draft, ended.job_id)


def _lose_worker(draft: Draft, lost: WorkerLost) -> None:
    job = draft.job(lost.job_id)
    step = running_step(draft, job)
    if step is None:
        return
    _record(draft, step.id, _outcome_of_loss(draft, step, lost), lost.receipt, lost.log)
    draft.move_job(job.id, Status.QUEUED, claim=None, message="its worker is gone")


def _outcome_of_loss(draft: Draft, step: Step, lost: WorkerLost) -> Outcome:
    job = draft.job(step.job_id)
    if draft.task.limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.TASK, message="the task's time limit was reached")
    if job.limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.JOB, message="the job's time limit was reached")
    if step.status is Status.CANCELING:
        return Canceled(message="stopped together with its worker")
    return Errored(message="worker lost", reference=lost.reference, worker_lost=True)


def _record(
    draft: Draft,
    step_id: int,
    outcome: Outcome,
    receipt: TerminationReceipt | None,
    log: LogSummary | None,
) -> None:
    """Close the attempt and give the step the status that the outcome means for it."""
    step = draft.step(step_id)
    _apply_outcome(draft, step, outcome)
    attempt = draft.attempt(step_id)
    status = draft.step(step_id).status
    draft.set_attempt(
        replace(
            attempt,
            status=status if status.final else Status.FAILED,
            ended_at=draft.now,
            outcome=outcome,
            receipt=receipt,
            log=log,
        )
    )


def _apply_outcome(draft: Draft, step: Step, outcome: Outcome) -> None:
    match outcome:
        case Succeeded(outputs=outputs, exit_code=code):
            draft.move_step(step.id, Status.DONE, outputs=outputs, exit_code=code)
        case Warned(message=message, outputs=outputs, exit_code=code):
            _warn(draft, step, message, outputs, code)
        case Failed():
            _apply_failure(draft, step, outcome)
        case Errored():
            _apply_error(draft, step, outcome)
        case TimedOut(message=message):
            if outcome.limit is not TimeLimit.STEP:
                mark_stopped(draft, step.job_id, Status.TIMED_OUT)
            draft.move_step(step.id, Status.TIMED_OUT, message=message)
        case Canceled(message=message):
            if draft.task.cancel is not None:
                mark_stopped(draft, step.job_id, Status.CANCELED)
            draft.move_step(step.id, Status.CANCELED, message=message)
        case _:
            assert_never(outcome)


def _apply_failure(draft: Draft, step: Step, failed: Failed) -> None:
    """A user error: tried again, forgiven (M16, `allow_failure`), or the step's end."""
    plan = draft.state.step_plan(step)
    if _tried_again(draft, step, plan, RetryOn.USER):
        _back_off(draft, step, plan, failed.message)
    elif plan.allow_failure or (draft.task.forced and not step.system):
        _warn(draft, step, failed.message, failed.outputs, failed.exit_code)
    else:
        draft.move_step(
            step.id,
            Status.FAILED,
            message=failed.message,
            outputs=failed.outputs,
            exit_code=failed.exit_code,
            error=error_of(failed.message, step, reference=None, detail=None),
        )


def _apply_error(draft: Draft, step: Step, errored: Errored) -> None:
    """A system error: never forgiven. After a lost worker only what is safe to repeat is."""
    plan = draft.state.step_plan(step)
    if errored.worker_lost:
        again = _repeatable(draft, step, plan)
        if again:
            draft.move_step(step.id, Status.QUEUED, message=errored.message)
    else:
        again = _tried_again(draft, step, plan, RetryOn.SYSTEM)
        if again:
            _back_off(draft, step, plan, errored.message)
    if not again:
        draft.move_step(
            step.id,
            Status.FAILED,
            message=errored.message,
            error=error_of(
                errored.message, step, reference=errored.reference, detail=errored.detail
            ),
        )


def _repeatable(draft: Draft, step: Step, plan: StepPlan) -> bool:
    if draft.task.cancel is not None and not plan.system:
        return False
    safe = plan.retry_safe or isinstance(plan.action, SpawnAction)
    return safe and step.attempts < max(plan.retry.attempts, LOST_ATTEMPTS)


def _tried_again(draft: Draft, step: Step, plan: StepPlan, on: RetryOn) -> bool:
    job = draft.job(step.job_id)
    ends = draft.task.cancel or draft.task.limit_reached_at or job.limit_reached_at
    return (
        not ends
        and step.status is Status.IN_PROGRESS
        and on in plan.retry.on
        and step.attempts < plan.retry.attempts
    )


def _back_off(draft: Draft, step: Step, plan: StepPlan, message: str) -> None:
    wait = plan.retry.wait_after(step.attempts)
    draft.move_step(step.id, Status.BACKED_OFF, message=message, retry_at=after(draft.now, wait))


def _warn(
    draft: Draft, step: Step, message: str, outputs: dict[str, str], code: int | None
) -> None:
    draft.move_step(
        step.id,
        Status.DONE_WITH_WARNINGS,
        message=message,
        warning=message,
        outputs=outputs,
        exit_code=code,
    )


def _retry(draft: Draft, step_id: int) -> None:
    step = draft.step(step_id)
    if step.status is Status.BACKED_OFF:
        draft.move_step(step_id, Status.QUEUED)
        draft.move_job(step.job_id, Status.QUEUED)


def _cancel(draft: Draft, asked: CancelAsked) -> None:
    before = draft.task.cancel
    if before is not None and (before.forced or not asked.forced):
        return
    draft.set_task(
        cancel=CancelRequest(
            at=before.at if before else draft.now,
            by=before.by if before else asked.by,
            forced=asked.forced,
        )
    )
    draft.note(
        EventKind.CANCEL_ASKED, by=asked.by, message="forced: no grace" if asked.forced else None
    )
    message = f"canceled by {asked.by.name}"
    for job in list(draft.jobs()):
        drop_waiting_step(draft, job, Status.CANCELED)
        stop_running_step(draft, job, Canceled(message=message), forced=asked.forced)
    open_jobs(draft, [job.name for job in draft.jobs()])


def _reach_task_limit(draft: Draft) -> None:
    if draft.task.limit_reached_at is not None:
        return
    message = f"the task's time limit of {draft.plan.timeout:g} s was reached"
    draft.set_task(limit_reached_at=draft.now)
    mark_stopped(draft, None, Status.TIMED_OUT)
    draft.note(EventKind.TIME_LIMIT, message=message)
    for job in list(draft.jobs()):
        drop_waiting_step(draft, job, Status.TIMED_OUT)
        stop_running_step(draft, job, TimedOut(limit=TimeLimit.TASK, message=message))
    open_jobs(draft, [job.name for job in draft.jobs()])


def _reach_job_limit(draft: Draft, job_id: int) -> None:
    job = draft.job(job_id)
    if job.limit_reached_at is not None or job.status.final:
        return
    limit = draft.job_plan(job).timeout
    message = f"the job's time limit of {limit:g} s was reached"
    draft.set_job(job_id, limit_reached_at=draft.now)
    draft.note(EventKind.TIME_LIMIT, job_id=job_id, message=message)
    drop_waiting_step(draft, job, Status.TIMED_OUT)
    stop_running_step(draft, job, TimedOut(limit=TimeLimit.JOB, message=message))
