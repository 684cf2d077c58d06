"""How the records of a task are written: the columns of each table, and the values for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar

from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.event import Event, EventKind
from tasktrail.model.job import Job
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store.rows import json_or_none, json_text, storable, storable_or_none
from tasktrail.store.statements import GuardedUpdate, Insert, Values

R = TypeVar("R")

_TEXTS: dict[StrEnum | None, str | None] = {
    None: None,
    **{name: str(name) for names in (Status, EventKind, AuthorKind, Role) for name in names},
}
"""Names as plain texts: SQLite takes those in half the time of their subclass."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and what of a record it holds."""

    name: str
    convert: Callable[[Any], object] | None = None
    """Makes what is stored of what the record has; by default the two are the same."""
    attribute: str = ""
    """Where the record has it; by default it is called as the column."""


class RecordShape(Generic[R]):
    """The records of one table: columns that never change, and those that can.

    `values` gives what `columns` names, `changes` what can change, `key_of` the primary key, which
    `key` names; each in the order in which the columns are listed.
    """

    def __init__(
        self,
        table: str,
        *,
        fixed: Sequence[Column],
        changing: Sequence[Column],
        key: tuple[str, ...] = ("id",),
    ) -> None:
        columns = [*fixed, *changing]
        self.table = table
        self.columns = _names(columns)
        self.values: Callable[[R], Values] = _reader(columns)
        self.changes: Callable[[R], Values] = _reader(changing)
        self.key_of: Callable[[R], Values] = _reader([one for one in fixed if one.name in key])
        self.insert = Insert(table, self.columns)
        self.update = GuardedUpdate(table, _names(changing), key)


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _reader(columns: Sequence[Column]) -> Callable[[Any], Values]:
    """Reads all attributes in one call: this is done for every record that is written."""
    read = attrgetter(*(column.attribute or column.name for column in columns))
    if len(columns) == 1:
        return lambda record: (read(record),)
    conversions = [(n, one.convert) for n, one in enumerate(columns) if one.convert is not None]

    def values(record: Any) -> Values:
        found = [*read(record)]
        for place, convert in conversions:
            found[place] = convert(found[place])
        return tuple(found)

    return values


_name = _TEXTS.__getitem__


def _claims(claims: tuple[str, ...]) -> str | None:
    return json_text(claims) if claims else None


TASKS = RecordShape[Task](
    "tasks",
    fixed=(
        Column("id"),
        Column("organization_id"),
        Column("definition", storable),
        Column("title", storable),
        Column("author_kind", _name, "author.kind"),
        Column("author_id", None, "author.id"),
        Column("author_name", storable, "author.name"),
        Column("author_role", _name, "author.role"),
        Column("created_at"),
        Column("immediate"),
        Column("silent"),
        Column("forced"),
        Column("system"),
        Column("inputs", json_text),
        Column("origin_task_id"),
        Column("origin_step_id"),
        Column("spawn_key"),
        Column("repeated_task_id"),
    ),
    changing=(
        Column("status", _name),
        Column("updated_at"),
        Column("started_at"),
        Column("ended_at"),
        Column("not_before"),
        Column("locked"),
        Column("cancel", json_or_none),
        Column("limit_reached_at"),
        Column("stopped", _name),
        Column("error", json_or_none),
    ),
)

JOBS = RecordShape[Job](
    "jobs",
    fixed=(Column("id"), Column("task_id"), Column("position"), Column("name")),
    changing=(
        Column("status", _name),
        Column("claim"),
        Column("started_at"),
        Column("ended_at"),
        Column("limit_reached_at"),
        Column("stopped", _name),
        Column("given_up", _claims),
    ),
)

STEPS = RecordShape[Step](
    "steps",
    fixed=(
        Column("id"),
        Column("task_id"),
        Column("job_id"),
        Column("position"),
        Column("name"),
        Column("system"),
    ),
    changing=(
        Column("status", _name),
        Column("attempts"),
        Column("started_at"),
        Column("ended_at"),
        Column("retry_at"),
        Column("outputs", json_text),
        Column("exit_code"),
        Column("warning", storable_or_none),
        Column("error", json_or_none),
    ),
)

ATTEMPTS = RecordShape[Attempt](
    "attempts",
    fixed=(Column("step_id"), Column("number"), Column("task_id"), Column("started_at")),
    changing=(
        Column("status", _name),
        Column("ended_at"),
        Column("outcome", json_or_none),
        Column("receipt", json_or_none),
        Column("log", json_or_none),
    ),
    key=("step_id", "number"),
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
