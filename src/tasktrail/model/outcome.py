"""What one attempt at a step came to. Values, matched once (statuses.md, "Two kinds of error").

A runner reports what it saw; what that means for the step (a warning, a retry, a failure) is
decided in `advance`.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class TimeLimit(StrEnum):
    """Whose hard timeout was reached."""

    STEP = "step"
    JOB = "job"
    TASK = "task"


class Succeeded(Struct, frozen=True, kw_only=True, tag="succeeded"):
    """It did what it should. `outputs` are the values it hands on."""

    outputs: dict[str, str] = {}
    exit_code: int | None = None


class Warned(Struct, frozen=True, kw_only=True, tag="warned"):
    """It did what it should, and says itself that something deserves attention."""

    message: str
    outputs: dict[str, str] = {}
    exit_code: int | None = None


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """User error: it was tried and did not succeed."""

    message: str
    outputs: dict[str, str] = {}
    exit_code: int | None = None
    signal: str | None = None


class Errored(Struct, frozen=True, kw_only=True, tag="errored"):
    """System error: the step could not be carried out.

    `detail` (a traceback) is only for those who may see system steps; `reference` is what it was
    named by where it came about: users are given that of the attempt. Of a lost worker, `begun` is
    false for one that had done nothing for the step yet, and `stopped` is true for one that was
    stopped in an orderly way, which is nothing for support to look into.
    """

    message: str
    reference: str
    detail: str | None = None
    worker_lost: bool = False
    begun: bool = True
    stopped: bool = False


class TimedOut(Struct, frozen=True, kw_only=True, tag="timed_out"):
    """A hard timeout ended it, and the work is stopped."""

    limit: TimeLimit
    message: str


class Canceled(Struct, frozen=True, kw_only=True, tag="canceled"):
    """It was stopped on request, and the work is stopped."""

    message: str


Outcome = Succeeded | Warned | Failed | Errored | TimedOut | Canceled


def outputs_of(outcome: Outcome) -> dict[str, str]:
    """The values that an attempt hands on; what fails may hand on some, too."""
    match outcome:
        case Succeeded(outputs=outputs) | Warned(outputs=outputs) | Failed(outputs=outputs):
            return outputs
        case Errored() | TimedOut() | Canceled():
            return {}
