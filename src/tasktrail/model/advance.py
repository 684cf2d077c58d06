"""The heart: what happened to a task, and what follows from it.

`advance` is pure: it reads a state and gives changes. A store applies them in the transaction in
which the state was read; an engine carries out what they ask for.

    advance ── opening ─────┐
      │  ├──── interruption ┤
      │  ├──── progress ────┼── course (the rules), stopping, draft (the changes being made)
      │  ├──── judgement ───┤
      │  ├──── refusal ─────┘
      │  └──── ending ────────── rollup
"""

from __future__ import annotations

from typing import assert_never

from tasktrail.errors import StaleClaimError
from tasktrail.model.changes import Changes
from tasktrail.model.course import outlives_stops
from tasktrail.model.draft import Draft
from tasktrail.model.ending import settle_task
from tasktrail.model.happening import (
    CancelAsked,
    ClaimGivenUp,
    Happening,
    JobClaimed,
    JobLimitReached,
    LocksGranted,
    LocksRefused,
    OrderlyStop,
    RetryDue,
    StartDue,
    StepEnded,
    TaskLimitReached,
    WorkerLost,
)
from tasktrail.model.instant import Instant, in_words
from tasktrail.model.interruption import cancel, reach_job_limit, reach_task_limit
from tasktrail.model.judgement import record_outcome
from tasktrail.model.opening import ask_for_start, grant_locks
from tasktrail.model.outcome import Canceled, Errored, Outcome, TimedOut, TimeLimit
from tasktrail.model.plan import SystemAction, SystemWork
from tasktrail.model.progress import continue_job
from tasktrail.model.refusal import refuse_locks
from tasktrail.model.state import TaskState
from tasktrail.model.status import RUNNING, Status
from tasktrail.model.step import LogSummary, Step
from tasktrail.model.stopping import running_step

MOST_GIVEN_UP = 32
"""Claims of a job that are remembered: a request outlives no 32 workers, one after another."""


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
        if draft.changes:
            settle_task(draft, worker_lost=isinstance(happening, WorkerLost))
    return draft.changes


def _decide(draft: Draft, happening: Happening) -> None:
    match happening:
        case JobClaimed():
            _claim(draft, happening)
        case ClaimGivenUp():
            _give_up(draft, happening)
        case StepEnded():
            _end_step(draft, happening)
        case WorkerLost():
            _lose_worker(draft, happening)
        case RetryDue(step_id=step_id):
            _retry(draft, step_id)
        case LocksGranted(job_id=job_id):
            grant_locks(draft, job_id)
        case LocksRefused(job_id=job_id, message=message):
            refuse_locks(draft, job_id, message)
        case StartDue():
            ask_for_start(draft)
        case CancelAsked():
            cancel(draft, happening)
        case TaskLimitReached():
            reach_task_limit(draft)
        case JobLimitReached(job_id=job_id):
            reach_job_limit(draft, job_id)
        case _:
            assert_never(happening)


def _check_claim(draft: Draft, ended: StepEnded) -> None:
    job, step = draft.job(ended.job_id), draft.step(ended.step_id)
    own = step.job_id == job.id and job.claim == ended.claim
    if not own or step.attempts != ended.attempt or step.status not in RUNNING:
        raise StaleClaimError(
            f"attempt {ended.attempt} at step {ended.step_id} is no longer this worker's"
        )


def _claim(draft: Draft, claimed: JobClaimed) -> None:
    """The job goes on where it was; it may turn out that nothing of it is left to run."""
    job = draft.job(claimed.job_id)
    if job.status is not Status.QUEUED or claimed.claim in job.given_up:
        return
    if draft.task.started_at is None:
        draft.set_task(started_at=draft.now)
    draft.move_job(
        job.id, Status.IN_PROGRESS, claim=claimed.claim, started_at=job.started_at or draft.now
    )
    settle_task(draft)
    continue_job(draft, job.id)
    if claimed.prepared is not None:
        _end_own_step(draft, job.id, SystemWork.PREPARE_WORKSPACE, claimed.prepared)


def _give_up(draft: Draft, given_up: ClaimGivenUp) -> None:
    job = draft.job(given_up.job_id)
    if not job.status.final and given_up.claim not in job.given_up:
        draft.set_job(job.id, given_up=(*job.given_up, given_up.claim)[-MOST_GIVEN_UP:])


def _end_step(draft: Draft, ended: StepEnded) -> None:
    record_outcome(draft, ended.step_id, ended.outcome, ended.receipt, ended.log)
    _go_on(draft, ended.job_id, ended.step_id)
    if ended.removed is not None:
        _end_own_step(draft, ended.job_id, SystemWork.REMOVE_WORKSPACE, ended.removed)


def _end_own_step(draft: Draft, job_id: int, work: SystemWork, outcome: Outcome) -> None:
    """End the step of the system's that comes next, if it is the one whose `work` is done."""
    step = running_step(draft, draft.job(job_id))
    action = draft.state.step_plan(step).action if step is not None else None
    if step is not None and isinstance(action, SystemAction) and action.work is work:
        record_outcome(draft, step.id, outcome, None, LogSummary())
        _go_on(draft, job_id, step.id)


def _go_on(draft: Draft, job_id: int, ended: int) -> None:
    """What comes after the step `ended`: the next one, or a wait until it is tried again."""
    if draft.step(ended).status is Status.BACKED_OFF:
        draft.move_job(job_id, Status.BACKED_OFF, claim=None)
    else:
        continue_job(draft, job_id)


def _lose_worker(draft: Draft, lost: WorkerLost) -> None:
    job = draft.job(lost.job_id)
    step = running_step(draft, job)
    if step is None:
        return
    record_outcome(draft, step.id, _outcome_of_loss(draft, step, lost), lost.receipt, lost.log)
    draft.move_job(job.id, Status.QUEUED, claim=None, message=_why_free(lost))


def _why_free(lost: WorkerLost) -> str:
    if lost.stop is not None:
        return _stopped_words(lost.stop)
    return "its worker is gone" if lost.begun else "its worker left before the next step"


def _stopped_words(stop: OrderlyStop) -> str:
    """Who stopped Tasktrail, how and when: what cut a step off is no riddle for anybody."""
    if stop.by is None:
        return f"Tasktrail was stopped ({in_words(stop.at)})"
    return f"Tasktrail was stopped by its operator ({stop.by}, {in_words(stop.at)})"


def _outcome_of_loss(draft: Draft, step: Step, lost: WorkerLost) -> Outcome:
    job = draft.job(step.job_id)
    lost_it = Errored(
        message=_loss_words(lost),
        reference=lost.reference,
        worker_lost=True,
        begun=lost.begun,
        stopped=lost.stop is not None,
    )
    if outlives_stops(draft.state.step_plan(step)):
        return lost_it
    if draft.task.limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.TASK, message="the task's time limit was reached")
    if job.limit_reached_at is not None:
        return TimedOut(limit=TimeLimit.JOB, message="the job's time limit was reached")
    if step.status is Status.CANCELING:
        return Canceled(message="stopped together with its worker")
    return lost_it


def _loss_words(lost: WorkerLost) -> str:
    if lost.stop is None:
        return "worker lost" if lost.begun else "not begun: its worker left"
    words = _stopped_words(lost.stop)
    return f"{words} while the step ran" if lost.begun else f"not begun: {words}"


def _retry(draft: Draft, step_id: int) -> None:
    step = draft.step(step_id)
    if step.status is Status.BACKED_OFF:
        draft.move_step(step_id, Status.QUEUED, retry_at=None)
        draft.move_job(step.job_id, Status.QUEUED)
