"""What a worker and the API tell each other about a job, as JSON: written and read here only.

What comes from the other side is checked strictly. Fields may be added with a default, and none be
taken away: workers are not renewed at the same moment as the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from tasktrail.actions.assignment import Assignment
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.changes import StopStep
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.outcome import Outcome
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.step import LogSummary, Step

T = TypeVar("T")

MOST_TEXT = 2 * 1024 * 1024
"""Characters of all texts of a report together."""

_LARGEST = 2**63 - 1
_NUL, _SHOWN_NUL = "\0", "\N{SYMBOL FOR NULL}"


class Ended(Struct, frozen=True, kw_only=True, tag="ended", forbid_unknown_fields=True):
    """What an attempt came to: see `StepEnded`."""

    step_id: int
    attempt: int
    outcome: Outcome
    receipt: TerminationReceipt | None = None
    log: LogSummary
    removed: Outcome | None = None


class Lost(Struct, frozen=True, kw_only=True, tag="lost", forbid_unknown_fields=True):
    """A worker gives its job up: see `WorkerLost`."""

    reference: str
    receipt: TerminationReceipt | None = None
    log: LogSummary
    begun: bool = True


class Stops(Struct, frozen=True, kw_only=True):
    """Which steps of a job are to be stopped."""

    stops: tuple[StopStep, ...]


class Next(Struct, frozen=True, kw_only=True, rename="camel"):
    """What comes after a report: the step that is next, or seconds until one is tried again, or
    nothing any more, for the task has ended."""

    next_step: Step | None
    retry_in: float | None = None
    task_ended: bool = False


_assignments = msgspec.json.Decoder(Assignment)
_encoder = msgspec.json.Encoder()


def pack_assignment(assignment: Assignment) -> bytes:
    """A job with everything that its worker needs; it holds the secrets of the task."""
    return _encoder.encode(assignment)


def read_assignment(content: bytes) -> Assignment:
    """See `pack_assignment`.

    Raises:
        InvalidInputError: it is none.
    """
    return _read(lambda: _assignments.decode(content))


def pack_outcome(outcome: Outcome | None) -> object:
    """An outcome as plain values."""
    return _plain(msgspec.to_builtins(outcome))


def read_outcome(content: object) -> Outcome:
    """See `pack_outcome`.

    Raises:
        InvalidInputError: it is none, or too large.
    """
    _check(content)
    return _read(lambda: msgspec.convert(content, cast("type[Outcome]", Outcome)))


def pack_report(happened: StepEnded | WorkerLost) -> object:
    """A report as plain values, without the job that it is about."""
    log = happened.log or LogSummary()
    if isinstance(happened, StepEnded):
        report: Ended | Lost = Ended(
            step_id=happened.step_id,
            attempt=happened.attempt,
            outcome=happened.outcome,
            receipt=happened.receipt,
            log=log,
            removed=happened.removed,
        )
    else:
        report = Lost(
            reference=happened.reference,
            receipt=happened.receipt,
            log=log,
            begun=happened.begun,
        )
    return _plain(msgspec.to_builtins(report))


def read_report(content: object, job_id: int, claim: str) -> StepEnded | WorkerLost:
    """See `pack_report`; it is about the job that is held by `claim`.

    Raises:
        InvalidInputError: it is none, or too large.
    """
    _check(content)
    match _read(lambda: msgspec.convert(content, cast("type[Ended | Lost]", Ended | Lost))):
        case Ended() as ended:
            return StepEnded(
                job_id=job_id,
                claim=claim,
                step_id=ended.step_id,
                attempt=ended.attempt,
                outcome=ended.outcome,
                receipt=ended.receipt,
                log=ended.log,
                removed=ended.removed,
            )
        case Lost() as lost:
            return WorkerLost(job_id, lost.reference, lost.receipt, lost.log, lost.begun)


def pack_next(following: Next) -> bytes:
    """What comes after a report."""
    return _encoder.encode(following)


def read_next(content: bytes) -> Next:
    """See `pack_next`.

    Raises:
        InvalidInputError: it is none.
    """
    return _read(lambda: msgspec.json.decode(content, type=Next))


def pack_stops(stops: tuple[StopStep, ...]) -> bytes:
    """Which steps of a job are to be stopped, and why."""
    return _encoder.encode(Stops(stops=stops))


def read_stops(content: bytes) -> tuple[StopStep, ...]:
    """See `pack_stops`.

    Raises:
        InvalidInputError: it is none.
    """
    return _read(lambda: msgspec.json.decode(content, type=Stops)).stops


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(
            "this is no message about a job", problems=(Problem(str(error)),)
        ) from error


def _plain(value: Any) -> Any:
    """`value` without NUL in any text: no database holds one."""
    match value:
        case str():
            return value.replace(_NUL, _SHOWN_NUL)
        case dict():
            found = cast("dict[str, Any]", value)
            return {_plain(key): _plain(inner) for key, inner in found.items()}
        case list() | tuple():
            return [_plain(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


def _check(content: object) -> None:
    """Accept what fits into a record.

    Raises:
        InvalidInputError: it does not.
    """
    room = MOST_TEXT
    for one in _leaves(content):
        if isinstance(one, int) and not -_LARGEST <= one <= _LARGEST:
            raise InvalidInputError("a number of the report is too large")
        if isinstance(one, str):
            room -= len(one)
            if _NUL in one or room < 0:
                raise InvalidInputError(
                    f"the texts of a report have {MOST_TEXT} characters at most, none of them NUL"
                )


def _leaves(content: object) -> Iterator[object]:
    match content:
        case dict():
            for key, value in cast("dict[str, object]", content).items():
                yield key
                yield from _leaves(value)
        case list():
            for value in cast("list[object]", content):
                yield from _leaves(value)
        case _:
            yield content
