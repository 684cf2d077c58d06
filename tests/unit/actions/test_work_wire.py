"""What a worker and the API tell each other: the same on both sides, and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tasktrail.actions.work import wire
from tasktrail.errors import InvalidInputError
from tasktrail.model.changes import StopStep
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.instant import Instant
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
from tasktrail.model.receipt import LimitKind, Means, ProcessNote, TerminationReceipt
from tasktrail.model.step import LogSummary

RECEIPT = TerminationReceipt(
    means=(Means.CGROUP, Means.MARKER),
    stop_signal="SIGTERM",
    signalled=(ProcessNote(7, "sh"),),
    killed=(ProcessNote(8, "sleep"),),
    limits_hit=(LimitKind.MEMORY,),
    proof="cgroup unpopulated",
    asked_at=Instant(5),
    ended_at=Instant(9),
)
LOG = LogSummary(bytes=5, lines=1, truncated=True)
OUTCOMES: tuple[Outcome, ...] = (
    Succeeded(outputs={"x": "7"}, exit_code=0),
    Warned(message="hm", outputs={"x": "ü"}),
    Failed(message="exit code 1", exit_code=1, signal="SIGKILL"),
    Errored(message="gone", reference="r-1", detail="Traceback", begun=False),
    TimedOut(limit=TimeLimit.JOB, message="late"),
    Canceled(message="canceled by Ann"),
)


def over_the_wire(content: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(content))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_report_arrives_as_it_was(outcome: Outcome) -> None:
    ended = StepEnded(
        job_id=3,
        claim="c" * 16,
        step_id=5,
        attempt=2,
        outcome=outcome,
        receipt=RECEIPT,
        log=LOG,
        removed=Succeeded(),
    )
    assert wire.read_report(over_the_wire(wire.pack_report(ended)), 3, "c" * 16) == ended


def test_the_loss_of_a_worker_arrives_as_it_was() -> None:
    lost = WorkerLost(3, "r-1", RECEIPT, LOG, begun=False)
    assert wire.read_report(over_the_wire(wire.pack_report(lost)), 3, "c" * 16) == lost


def test_orders_arrive_as_they_were() -> None:
    stops = (
        StopStep(3, 5, Canceled(message="canceled by Ann"), forced=True),
        StopStep(3, 6, TimedOut(limit=TimeLimit.TASK, message="late")),
    )
    assert wire.read_stops(wire.pack_stops(stops)) == stops


def test_texts_hold_no_nul_when_they_are_sent() -> None:
    sent = wire.pack_outcome(Failed(message="a\0b", outputs={"x": "\0"}))
    assert wire.read_outcome(sent) == Failed(message="a\u2400b", outputs={"x": "\u2400"})


GOOD: dict[str, Any] = {
    "type": "ended",
    "step_id": 5,
    "attempt": 1,
    "outcome": {"type": "succeeded"},
    "log": {},
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "begun"},
        {"step_id": "5"},
        {"step_id": 2**63},
        {"attempt": None},
        {"outcome": {"type": "finished"}},
        {"outcome": {"type": "succeeded", "exit_code": "0"}},
        {"outcome": {"type": "failed", "message": "a\0b"}},
        {"outcome": {"type": "failed", "message": "x" * (wire.MOST_TEXT + 1)}},
        {"outcome": {"type": "succeeded", "outputs": {"x": 7}}},
        {"log": None},
        {"job_id": 4},
        {"claim": "somebody else's"},
    ],
)
def test_what_is_no_report_is_refused(wrong: dict[str, Any]) -> None:
    assert isinstance(wire.read_report(GOOD, 3, "c" * 16), StepEnded)
    with pytest.raises(InvalidInputError):
        wire.read_report(GOOD | wrong, 3, "c" * 16)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"stops": 1}', b"\xff", b'{"task": {}}'])
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    for read in (wire.read_assignment, wire.read_stops, wire.read_next):
        with pytest.raises(InvalidInputError):
            read(content)
