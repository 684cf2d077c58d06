"""From rows of the tables to records of the model, and how single values are stored."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, Table

from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.event import Event, EventKind
from tasktrail.model.instant import Instant
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.plan import JsonValue, TaskPlan
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, LogSummary, Step
from tasktrail.model.task import CancelRequest, ErrorRecord, Task
from tasktrail.store import tables

_encoder = msgspec.json.Encoder()
_plan = msgspec.json.Decoder(TaskPlan)
_author = msgspec.json.Decoder(Author)
_inputs = msgspec.json.Decoder(dict[str, JsonValue])
_claims = msgspec.json.Decoder(tuple[str, ...])
_outputs = msgspec.json.Decoder(dict[str, str])
_cancel = msgspec.json.Decoder(CancelRequest)
_error = msgspec.json.Decoder(ErrorRecord)
_outcome: msgspec.json.Decoder[Outcome] = msgspec.json.Decoder(Outcome)
_receipt = msgspec.json.Decoder(TerminationReceipt)
_log = msgspec.json.Decoder(LogSummary)

_NAMES = {
    table: tuple(table.c.keys())
    for table in (tables.tasks, tables.jobs, tables.steps, tables.attempts)
}

T = TypeVar("T")


def json_or_none(value: object) -> str | None:
    """A structured value as JSON text; None stays None."""
    return None if value is None else json_text(value)


def json_text(value: object) -> str:
    """A structured value as JSON text."""
    try:
        return _encoder.encode(value).decode()
    except UnicodeEncodeError:
        plain = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        return plain.encode(errors="replace").decode()


def storable(text: str) -> str:
    """`text` without what UTF-8 or PostgreSQL cannot hold (lone surrogates, NUL).

    Messages come from commands and exceptions; a strange one must not keep a step from ending.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def storable_or_none(text: str | None) -> str | None:
    """`storable`; None stays None."""
    return None if text is None else storable(text)


def _decoded(decoder: msgspec.json.Decoder[T], text: str | None) -> T | None:
    return None if text is None else decoder.decode(text)


def _status(text: str | None) -> Status | None:
    return None if text is None else Status(text)


def task_of(row: Row[Any]) -> Task:
    """The task of a row of all columns."""
    fields = _fields(tables.tasks, row)
    author = Author(
        kind=AuthorKind(fields.pop("author_kind")),
        id=fields.pop("author_id"),
        name=fields.pop("author_name"),
        role=_role(fields.pop("author_role")),
    )
    fields.update(
        status=Status(fields["status"]),
        stopped=_status(fields["stopped"]),
        inputs=_inputs.decode(fields["inputs"]),
        cancel=_decoded(_cancel, fields["cancel"]),
        error=_decoded(_error, fields["error"]),
    )
    return Task(author=author, **fields)


def job_of(row: Row[Any]) -> Job:
    """The job of a row of all columns."""
    fields = _fields(tables.jobs, row)
    fields.update(
        status=Status(fields["status"]),
        stopped=_status(fields["stopped"]),
        given_up=_decoded(_claims, fields["given_up"]) or (),
    )
    return Job(**fields)


def step_of(row: Row[Any]) -> Step:
    """The step of a row of all columns."""
    fields = _fields(tables.steps, row)
    fields.update(
        status=Status(fields["status"]),
        outputs=_outputs.decode(fields["outputs"]),
        error=_decoded(_error, fields["error"]),
    )
    return Step(**fields)


def attempt_of(row: Row[Any]) -> Attempt:
    """The attempt of a row of all columns."""
    fields = _fields(tables.attempts, row)
    fields.update(
        status=Status(fields["status"]),
        outcome=_decoded(_outcome, fields["outcome"]),
        receipt=_decoded(_receipt, fields["receipt"]),
        log=_decoded(_log, fields["log"]),
    )
    return Attempt(**fields)


def event_of(row: Row[Any]) -> Event:
    """The event of a row (its id is left to the caller)."""
    return Event(
        task_id=row.task_id,
        at=Instant(row.at),
        kind=EventKind(row.kind),
        job_id=row.job_id,
        step_id=row.step_id,
        from_status=_status(row.from_status),
        to_status=_status(row.to_status),
        by=_decoded(_author, row.by),
        message=row.message,
    )


def plan_text(plan: TaskPlan) -> str:
    """A plan as it is stored."""
    return json_text(plan)


def plan_of(text: str) -> TaskPlan:
    """A stored plan."""
    return _plan.decode(text)


def _role(text: str | None) -> Role | None:
    return None if text is None else Role(text)


def _fields(table: Table, row: Row[Any]) -> dict[str, Any]:
    # A row would make a list of its columns anew for each look at their names.
    return dict(zip(_NAMES[table], row, strict=True))
