"""The records of a step and of the attempts at it."""

from __future__ import annotations

from msgspec import Struct

from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Outcome
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.status import Status
from tasktrail.model.task import ErrorRecord


class Step(Struct, frozen=True, kw_only=True):
    """One step of a job.

    Attributes:
        position: from 0, the place of the step in its job.
        attempts: how many attempts have started (counted at the start, so that a step that kills
            its worker ends too).
        retry_at: when the next attempt is due, while `backed_off`.
        outputs: values handed on to later steps and to jobs that need this one.
        warning: why it ended `done_with_warnings`.
    """

    id: int
    task_id: int
    job_id: int
    position: int
    name: str
    status: Status
    system: bool = False
    attempts: int = 0
    started_at: Instant | None = None
    ended_at: Instant | None = None
    retry_at: Instant | None = None
    outputs: dict[str, str] = {}
    exit_code: int | None = None
    warning: str | None = None
    error: ErrorRecord | None = None


class LogSummary(Struct, frozen=True, kw_only=True):
    """The closed log of an attempt: the bytes and lines that were kept, Tasktrail's own notes
    included.

    `truncated` says that output is missing: the cap was reached, or the disk did not take it.
    """

    bytes: int = 0
    lines: int = 0
    truncated: bool = False


class Attempt(Struct, frozen=True, kw_only=True):
    """One try at a step. `number` counts from 1; the status is `in_progress` until it ended."""

    step_id: int
    number: int
    task_id: int
    status: Status
    started_at: Instant
    ended_at: Instant | None = None
    outcome: Outcome | None = None
    receipt: TerminationReceipt | None = None
    log: LogSummary | None = None
