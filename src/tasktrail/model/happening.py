"""Everything that can happen to a task after it was submitted."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.model.author import Author
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Outcome
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.step import LogSummary


@dataclass(frozen=True, slots=True)
class JobClaimed:
    """A worker takes a queued job; `claim` is its token from now on.

    `prepared` is what came of making the workspace, where the worker has done that already: it is
    harmless to do too often, and spares the job a decision.
    """

    job_id: int
    claim: str
    prepared: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A worker reports what an attempt came to; `claim` and `attempt` must be the current ones.

    `removed` is what came of removing the workspace, where the worker has done that already.
    """

    job_id: int
    claim: str
    step_id: int
    attempt: int
    outcome: Outcome
    receipt: TerminationReceipt | None = None
    log: LogSummary | None = None
    removed: Outcome | None = None


@dataclass(frozen=True, slots=True)
class OrderlyStop:
    """The program that carries out jobs was stopped in an orderly way, from `at` on.

    `by` is the signal of whoever runs it; None where it left for another reason.
    """

    at: Instant
    by: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """Nobody works on a claimed job any more.

    `begun` is false where it is known that nothing of the current step was done yet, and `stop` is
    there where the worker itself reports that it was stopped and has cut the step off: a worker
    that died says nothing.
    """

    job_id: int
    reference: str
    receipt: TerminationReceipt | None = None
    log: LogSummary | None = None
    begun: bool = True
    stop: OrderlyStop | None = None


@dataclass(frozen=True, slots=True)
class ClaimGivenUp:
    """Whoever was to take a job by `claim`, or has taken it, is gone; what it asked for may still
    come, and then takes nothing any more."""

    job_id: int
    claim: str


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The back-off of a step is over."""

    step_id: int


@dataclass(frozen=True, slots=True)
class LocksGranted:
    """All locks that a job, or with None the task itself, waited for are its own now."""

    job_id: int | None


@dataclass(frozen=True, slots=True)
class LocksRefused:
    """A job must not wait for its locks: it would wait for itself, as `message` says."""

    job_id: int
    message: str


@dataclass(frozen=True, slots=True)
class StartDue:
    """The not-before time of the task has come."""


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Somebody asks for a cancel, or with None the engine; forced leaves out grace and clean-up.

    `reason` says why, for the people who look at the task.
    """

    by: Author | None
    forced: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TaskLimitReached:
    """The hard timeout of the task is over (M9)."""


@dataclass(frozen=True, slots=True)
class JobLimitReached:
    """The hard timeout of a job is over."""

    job_id: int


Happening = (
    JobClaimed
    | StepEnded
    | WorkerLost
    | ClaimGivenUp
    | RetryDue
    | LocksGranted
    | LocksRefused
    | StartDue
    | CancelAsked
    | TaskLimitReached
    | JobLimitReached
)
