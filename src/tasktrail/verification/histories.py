"""Histories: every status has come about by changes that the table allows, each with its event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tasktrail.model.event import Event, EventKind
from tasktrail.model.instant import Instant
from tasktrail.model.status import PART_TRANSITIONS, TASK_TRANSITIONS, Status
from tasktrail.model.step import Attempt, Step
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord

_Table = Mapping[Status, frozenset[Status]]
_Part = tuple[int | None, int | None]


def broken_histories(record: TaskRecord) -> Iterator[Finding]:
    """Changes that should not have been, are missing, or stand at the wrong time. Of what retention
    has left of a history only the times can be looked at."""
    if record.whole:
        yield from _broken_changes(record)
    yield from _times_going_back(record)


def _broken_changes(record: TaskRecord) -> Iterator[Finding]:
    task = record.task
    changes = _changes_by_part(record.history)
    born = Status.DONE if task.immediate else Status.PENDING
    yield from _broken_chain(
        task.id, "the task", task.status, born, changes.get((None, None), ()), TASK_TRANSITIONS
    )
    for job in record.jobs:
        yield from _broken_chain(
            task.id,
            f"job {job.name}",
            job.status,
            Status.PENDING,
            changes.get((job.id, None), ()),
            PART_TRANSITIONS,
        )
    for job, step in record.steps():
        moves = changes.get((job.id, step.id), ())
        what = f"step {step.name} of job {job.name}"
        yield from _broken_chain(
            task.id, what, step.status, Status.PENDING, moves, PART_TRANSITIONS
        )
        yield from _wrong_attempts(what, step, record.attempts_of(step), moves)
    for event in record.history:
        # The engine itself cancels for a reason only: lost rights, support access that is over.
        by_engine = event.by is None and event.message is None
        if event.kind is EventKind.CANCEL_ASKED and by_engine:
            yield _of(task.id, "nobody is named as the one who asked for a cancel")


def _changes_by_part(history: Sequence[Event]) -> dict[_Part, list[Event]]:
    changes: dict[_Part, list[Event]] = {}
    for event in history:
        if event.kind is EventKind.STATUS:
            changes.setdefault((event.job_id, event.step_id), []).append(event)
    return changes


def _broken_chain(
    task_id: int, what: str, now: Status, born: Status, changes: Sequence[Event], table: _Table
) -> Iterator[Finding]:
    stands = born
    for change in changes:
        before, to = change.from_status, change.to_status
        if before is None or to is None or before is not stands:
            yield _of(task_id, f"{what} was {stands}, and its history goes on from {before}")
            return
        if before.final:
            message = f"{what} went from {before} to {to}"
            yield Finding(Invariant.FINAL, message, task_id)
        elif to not in table.get(before, frozenset()):
            yield _of(task_id, f"{what} went from {before} to {to}, which the table does not know")
        stands = to
    if stands is not now:
        invariant = Invariant.FINAL if stands.final else Invariant.TRANSITIONS
        message = f"{what} is {now}, and its history ends with {stands}"
        yield Finding(invariant, message, task_id)


def _wrong_attempts(
    what: str, step: Step, attempts: Sequence[Attempt], moves: Sequence[Event]
) -> Iterator[Finding]:
    starts = sum(move.to_status is Status.IN_PROGRESS for move in moves)
    numbers = [attempt.number for attempt in attempts]
    if numbers != list(range(1, step.attempts + 1)) or starts != step.attempts:
        yield _of(
            step.task_id,
            f"{what} counts {step.attempts} attempts, was started {starts} times,"
            f" and has the attempts {numbers}",
        )
    for attempt in attempts[:-1]:
        if attempt.ended_at is None:
            yield _of(step.task_id, f"{what}: attempt {attempt.number} never ended")


def _times_going_back(record: TaskRecord) -> Iterator[Finding]:
    changes = [event for event in record.history if event.kind is EventKind.STATUS]
    if any(later.at < earlier.at for earlier, later in pairwise(changes)):
        yield _of(record.task.id, "the times of its history go back")
    spans: list[tuple[str, Instant | None, Instant | None]] = [
        ("the task", record.task.started_at, record.task.ended_at)
    ]
    spans += [(f"job {job.name}", job.started_at, job.ended_at) for job in record.jobs]
    for _, step in record.steps():
        spans += [
            (f"attempt {one.number} of {step.name}", one.started_at, one.ended_at)
            for one in record.attempts_of(step)
        ]
    for what, started, ended in spans:
        if started is not None and ended is not None and ended < started:
            yield _of(record.task.id, f"{what} ended before it started")


def _of(task_id: int, message: str) -> Finding:
    return Finding(Invariant.TRANSITIONS, message, task_id)
