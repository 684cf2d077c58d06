"""How the records of a task are written: the columns of each table, and the values for them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar

from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.event import Event, EventKind
from tasktrail.model.job import Job
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store.rows import json_or_none, json_text, storable, storable_or_none
from tasktrail.store.statements import GuardedUpdate, Insert, Values

R = TypeVar("R")


class RecordShape(Generic[R]):
    """The records of one table.

    `values` gives what `columns` names, `changes` what `changing` names (the columns that can
    change), `key_of` what `key` names (the primary key), each in that order.
    """

    def __init__(
        self,
        *,
        table: str,
        columns: tuple[str, ...],
        values: Callable[[R], Values],
        changing: tuple[str, ...],
        changes: Callable[[R], Values],
        key: tuple[str, ...],
        key_of: Callable[[R], Values],
    ) -> None:
        self.table = table
        self.columns = columns
        self.values = values
        self.changes = changes
        self.key_of = key_of
        self.insert = Insert(table, columns)
        self.update = GuardedUpdate(table, changing, key)


_TEXTS: dict[StrEnum | None, str | None] = {
    None: None,
    **{name: str(name) for names in (Status, EventKind, AuthorKind, Role) for name in names},
}
"""Names as plain texts: SQLite takes those in half the time of their subclass."""


def _task_values(task: Task) -> Values:
    author = task.author
    return (
        task.id,
        task.organization_id,
        storable(task.definition),
        storable(task.title),
        _TEXTS[author.kind],
        author.id,
        storable(author.name),
        _TEXTS[author.role],
        task.created_at,
        task.immediate,
        task.silent,
        task.forced,
        task.system,
        json_text(task.inputs),
        task.origin_task_id,
        task.origin_step_id,
        task.spawn_key,
        task.repeated_task_id,
        *_task_changes(task),
    )


def _task_changes(task: Task) -> Values:
    return (
        _TEXTS[task.status],
        task.updated_at,
        task.started_at,
        task.ended_at,
        task.not_before,
        task.locked,
        json_or_none(task.cancel),
        task.limit_reached_at,
        _TEXTS[task.stopped],
        json_or_none(task.error),
    )


_TASK_CHANGING = (
    "status",
    "updated_at",
    "started_at",
    "ended_at",
    "not_before",
    "locked",
    "cancel",
    "limit_reached_at",
    "stopped",
    "error",
)

TASKS = RecordShape[Task](
    table="tasks",
    columns=(
        "id",
        "organization_id",
        "definition",
        "title",
        "author_kind",
        "author_id",
        "author_name",
        "author_role",
        "created_at",
        "immediate",
        "silent",
        "forced",
        "system",
        "inputs",
        "origin_task_id",
        "origin_step_id",
        "spawn_key",
        "repeated_task_id",
        *_TASK_CHANGING,
    ),
    values=_task_values,
    changing=_TASK_CHANGING,
    changes=_task_changes,
    key=("id",),
    key_of=lambda task: (task.id,),
)


def _job_changes(job: Job) -> Values:
    return (
        _TEXTS[job.status],
        job.claim,
        job.started_at,
        job.ended_at,
        job.limit_reached_at,
        _TEXTS[job.stopped],
    )


_JOB_CHANGING = ("status", "claim", "started_at", "ended_at", "limit_reached_at", "stopped")

JOBS = RecordShape[Job](
    table="jobs",
    columns=("id", "task_id", "position", "name", *_JOB_CHANGING),
    values=lambda job: (job.id, job.task_id, job.position, job.name, *_job_changes(job)),
    changing=_JOB_CHANGING,
    changes=_job_changes,
    key=("id",),
    key_of=lambda job: (job.id,),
)


def _step_values(step: Step) -> Values:
    return (
        step.id,
        step.task_id,
        step.job_id,
        step.position,
        step.name,
        step.system,
        *_step_changes(step),
    )


def _step_changes(step: Step) -> Values:
    return (
        _TEXTS[step.status],
        step.attempts,
        step.started_at,
        step.ended_at,
        step.retry_at,
        json_text(step.outputs),
        step.exit_code,
        storable_or_none(step.warning),
        json_or_none(step.error),
    )


_STEP_CHANGING = (
    "status",
    "attempts",
    "started_at",
    "ended_at",
    "retry_at",
    "outputs",
    "exit_code",
    "warning",
    "error",
)

STEPS = RecordShape[Step](
    table="steps",
    columns=("id", "task_id", "job_id", "position", "name", "system", *_STEP_CHANGING),
    values=_step_values,
    changing=_STEP_CHANGING,
    changes=_step_changes,
    key=("id",),
    key_of=lambda step: (step.id,),
)


def _attempt_values(attempt: Attempt) -> Values:
    return (
        attempt.step_id,
        attempt.number,
        attempt.task_id,
        attempt.started_at,
        *_attempt_changes(attempt),
    )


def _attempt_changes(attempt: Attempt) -> Values:
    return (
        _TEXTS[attempt.status],
        attempt.ended_at,
        json_or_none(attempt.outcome),
        json_or_none(attempt.receipt),
        json_or_none(attempt.log),
    )


_ATTEMPT_CHANGING = ("status", "ended_at", "outcome", "receipt", "log")

ATTEMPTS = RecordShape[Attempt](
    table="attempts",
    columns=("step_id", "number", "task_id", "started_at", *_ATTEMPT_CHANGING),
    values=_attempt_values,
    changing=_ATTEMPT_CHANGING,
    changes=_attempt_changes,
    key=("step_id", "number"),
    key_of=lambda attempt: (attempt.step_id, attempt.number),
)

EVENTS = Insert("events", Event.__struct_fields__)


def event_values(event: Event) -> Values:
    """The values of an event, for `EVENTS`."""
    return (
        event.task_id,
        event.at,
        _TEXTS[event.kind],
        event.job_id,
        event.step_id,
        _TEXTS[event.from_status],
        _TEXTS[event.to_status],
        json_or_none(event.by),
        storable_or_none(event.message),
    )
