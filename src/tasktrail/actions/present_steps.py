"""Steps and attempts as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from tasktrail.actions.present_stop import present_stop
from tasktrail.model.instant import Instant, to_rfc3339
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.receipt import ProcessNote, TerminationReceipt
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import ErrorClass
from tasktrail.store.task_views import TaskView

LogStatus = Literal["persisted", "empty", "pending"]


def present_step(
    view: TaskView, job: Job, step: Step, position: int, now: Instant
) -> dict[str, Any]:
    """A step with its attempts; `position` counts the shown steps of its job from 1."""
    attempts = view.attempts.get(step.id, [])
    last = attempts[-1] if attempts else None
    return {
        "id": step.id,
        "position": position,
        "name": step.name,
        "status": step.status,
        "logStatus": log_status(step, attempts),
        "isSystem": step.system,
        "system": step.system,
        "exitCode": step.exit_code if step.exit_code is not None else _exit_code(last),
        "message": step.warning or (step.error.message if step.error else None),
        "errorClass": _error_class(step),
        "outputs": step.outputs,
        "logBytes": last.log.bytes if last and last.log else 0,
        "logLines": last.log.lines if last and last.log else 0,
        "stop": present_stop(view, job, step, now),
        "attempts": [present_attempt(attempt, step) for attempt in attempts],
        "maxAttempts": view.plan.jobs[job.position].steps[step.position].retry.attempts,
        "startedAt": moment(step.started_at),
        "endedAt": moment(step.ended_at),
    }


def present_attempt(attempt: Attempt, step: Step) -> dict[str, Any]:
    """One try at a step."""
    outcome = attempt.outcome
    waits = step.status is Status.BACKED_OFF and attempt.number == step.attempts
    return {
        "number": attempt.number,
        "status": attempt.status,
        "startedAt": to_rfc3339(attempt.started_at),
        "endedAt": moment(attempt.ended_at),
        "exitCode": getattr(outcome, "exit_code", None),
        "signal": getattr(outcome, "signal", None),
        "message": _message(outcome),
        "receipt": _receipt(attempt.receipt),
        "logBytes": attempt.log.bytes if attempt.log else 0,
        "logLines": attempt.log.lines if attempt.log else 0,
        "retryAt": moment(step.retry_at) if waits else None,
    }


def log_status(step: Step, attempts: Sequence[Attempt]) -> LogStatus:
    """Whether the log of a step is complete, or is still to grow: a next attempt adds to it."""
    if not attempts:
        return "empty"
    if not step.status.final:
        return "pending"
    # An attempt whose engine died may have left lines that nobody counted.
    left = any(attempt.log is None or attempt.log.lines for attempt in attempts)
    return "persisted" if left else "empty"


def _error_class(step: Step) -> ErrorClass | None:
    """Whether the user or the system made a step fail; only what users do becomes a warning."""
    if step.error is not None:
        return step.error.kind
    return None if step.warning is None else ErrorClass.USER


def whole_seconds(seconds: float) -> int:
    """Seconds as clients of the contract read them, rounded up."""
    return math.ceil(seconds)


def moment(instant: Instant | None) -> str | None:
    """An instant as RFC 3339."""
    return None if instant is None else to_rfc3339(instant)


def _receipt(receipt: TerminationReceipt | None) -> dict[str, Any] | None:
    if receipt is None:
        return None
    return {
        "means": list(receipt.means),
        "stopSignal": receipt.stop_signal,
        "signalled": _processes(receipt.signalled),
        "killed": _processes(receipt.killed),
        "survived": _processes(receipt.survived),
        "leftBehind": _processes(receipt.left_behind),
        "proof": receipt.proof,
        "askedAt": moment(receipt.asked_at),
        "endedAt": moment(receipt.ended_at),
    }


def _processes(notes: tuple[ProcessNote, ...]) -> list[dict[str, Any]]:
    return [{"pid": note.pid, "name": note.name} for note in notes]


def _exit_code(attempt: Attempt | None) -> int | None:
    return getattr(attempt.outcome, "exit_code", None) if attempt else None


def _message(outcome: Outcome | None) -> str | None:
    return getattr(outcome, "message", None)
