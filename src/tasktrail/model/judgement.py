"""What an outcome means for its step: done, warned, tried again, failed, stopped."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from tasktrail.model.course import outlives_stops, stop_forbids, systems_own
from tasktrail.model.draft import Draft
from tasktrail.model.instant import after
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
from tasktrail.model.reference import reference_of
from tasktrail.model.status import Status
from tasktrail.model.step import LogSummary, Step
from tasktrail.model.stopping import mark_stopped
from tasktrail.model.task import ErrorClass, ErrorRecord

LOST_ATTEMPTS = 3
"""How often a step that is safe to repeat is started at most when its worker keeps dying."""

_ONCE_MORE = "; run the task again"
"""What to do about a step that was cut off by an orderly stop, and may not be repeated unasked."""


def record_outcome(
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


def fail_unstarted(draft: Draft, step: Step, message: str) -> None:
    """A user error that keeps a step from its first attempt. Only force forgives it (M16)."""
    if draft.task.forced:
        _warn(draft, step, message, {}, None)
    else:
        error = _user_error(draft, step, message)
        draft.move_step(step.id, Status.FAILED, message=message, error=error)


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
        case Canceled() if step.status is not Status.CANCELING:
            _apply_error(draft, step, _stopped_unasked(step, outcome))
        case Canceled(message=message):
            if draft.task.cancel is not None:
                mark_stopped(draft, step.job_id, Status.CANCELED)
            draft.move_step(step.id, Status.CANCELED, message=message)
        case _:
            assert_never(outcome)


def _apply_failure(draft: Draft, step: Step, failed: Failed) -> None:
    """A user error: tried again, forgiven (M16, `allow_failure`), or the step's end.

    Force does not forgive the system's own steps: the user did not ask for what they do.
    """
    plan = draft.state.step_plan(step)
    if _tried_again(draft, step, plan, RetryOn.USER):
        _back_off(draft, step, plan, failed.message)
    elif plan.allow_failure or (draft.task.forced and not systems_own(plan)):
        _warn(draft, step, failed.message, failed.outputs, failed.exit_code)
    else:
        draft.move_step(
            step.id,
            Status.FAILED,
            message=failed.message,
            outputs=failed.outputs,
            exit_code=failed.exit_code,
            error=_user_error(draft, step, failed.message),
        )


def _apply_error(draft: Draft, step: Step, errored: Errored) -> None:
    """A system error: never forgiven. After a lost worker only what is safe to repeat is started
    again, and what had not begun."""
    plan = draft.state.step_plan(step)
    if errored.worker_lost:
        again = not errored.begun or _repeatable(draft, step, plan)
        if again:
            draft.move_step(step.id, Status.QUEUED, message=errored.message)
    else:
        again = _tried_again(draft, step, plan, RetryOn.SYSTEM)
        if again:
            _back_off(draft, step, plan, errored.message)
    if not again:
        error = _system_error(step, errored)
        draft.move_step(step.id, Status.FAILED, message=error.message, error=error)


def _stopped_unasked(step: Step, canceled: Canceled) -> Errored:
    """A stop that nobody asked for is no cancel of the user's: something went wrong on our side."""
    return Errored(
        message=f"stopped, though nobody asked for it: {canceled.message}",
        reference=reference_of(step),
    )


def _repeatable(draft: Draft, step: Step, plan: StepPlan) -> bool:
    """Whether a step may be started again that nobody knows the end of."""
    safe = plan.retry_safe or isinstance(plan.action, SpawnAction) or systems_own(plan)
    stops = stop_forbids(draft, draft.job(step.job_id), plan) and not outlives_stops(plan)
    return safe and not stops and step.attempts < max(plan.retry.attempts, LOST_ATTEMPTS)


def _tried_again(draft: Draft, step: Step, plan: StepPlan, on: RetryOn) -> bool:
    return (
        step.status is Status.IN_PROGRESS
        and on in plan.retry.on
        and step.attempts < plan.retry.attempts
        and not stop_forbids(draft, draft.job(step.job_id), plan)
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


def _user_error(draft: Draft, step: Step, message: str) -> ErrorRecord:
    """A failure that the user cannot see gets a reference all the same (M19)."""
    hidden = draft.hidden(step)
    return ErrorRecord(
        kind=ErrorClass.USER,
        message=message,
        step_id=step.id,
        reference=reference_of(step) if hidden else None,
    )


def _system_error(step: Step, errored: Errored) -> ErrorRecord:
    return ErrorRecord(
        kind=ErrorClass.SYSTEM,
        message=f"{errored.message}{_ONCE_MORE}" if errored.stopped else errored.message,
        step_id=step.id,
        reference=reference_of(step),
        detail=errored.detail,
        stopped=errored.stopped,
    )
