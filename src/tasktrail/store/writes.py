"""Writes that wait to be flushed together: a few statements for many records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, update

from tasktrail.errors import StaleClaimError
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event
from tasktrail.model.job import Job
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store import rows, tables


class PendingWrites:
    """New and changed records, each once, in the version that was decided last."""

    def __init__(self) -> None:
        self._tasks = _Records[Task](tables.tasks, rows.task_row)
        self._jobs = _Records[Job](tables.jobs, rows.job_row)
        self._steps = _Records[Step](tables.steps, rows.step_row)
        self._attempts = _Records[Attempt](tables.attempts, rows.attempt_row)
        self._plain: dict[Table, list[dict[str, Any]]] = {}

    def create(self, state: TaskState, changes: Changes) -> None:
        """Keep the records of a new task."""
        self._tasks.create(state.task)
        plan = {"task_id": state.task.id, "plan": rows.plan_text(state.plan)}
        self.insert(tables.task_plans, [plan])
        for job in state.jobs.values():
            self._jobs.create(job)
        for step in state.steps.values():
            self._steps.create(step)
        self.note(changes.events)

    def change(self, before: TaskState, changes: Changes) -> None:
        """Keep a decision; `before` is the state that it was made on."""
        if changes.task is not None:
            self._tasks.change(before.task.status, changes.task)
        for job in changes.jobs.values():
            self._jobs.change(before.jobs[job.id].status, job)
        for step in changes.steps.values():
            self._steps.change(before.steps[step.id].status, step)
        for attempt in changes.attempts.values():
            last = before.attempts.get(attempt.step_id)
            if last is None or last.number != attempt.number:
                self._attempts.create(attempt)
            else:
                self._attempts.change(last.status, attempt)
        self.note(changes.events)

    def insert(self, table: Table, new: Iterable[dict[str, Any]]) -> None:
        """Keep plain new rows."""
        found = list(new)
        if found:
            self._plain.setdefault(table, []).extend(found)

    def note(self, events: Iterable[Event]) -> None:
        """Keep entries of the history."""
        self.insert(tables.events, map(rows.event_row, events))

    def merge(self, other: PendingWrites) -> None:
        """Take over what another one holds, which was decided later."""
        self._tasks.merge(other._tasks)
        self._jobs.merge(other._jobs)
        self._steps.merge(other._steps)
        self._attempts.merge(other._attempts)
        for table, new in other._plain.items():
            self.insert(table, new)

    def flush(self, connection: Connection) -> None:
        """Write everything in the open transaction of `connection` and hold nothing any more.

        Raises:
            StaleClaimError: a stored record has not the status that a decision started from.
        """
        records = (self._tasks, self._jobs, self._steps, self._attempts)
        for waiting in records:
            waiting.insert_new(connection)
        for table, new in self._plain.items():
            connection.execute(_insert(table), new)
        self._plain.clear()
        for waiting in records:
            waiting.update_changed(connection)


class _Record(Protocol):
    @property
    def status(self) -> Status: ...


_R = TypeVar("_R", bound=_Record)
_Row = dict[str, Any]


class _Records(Generic[_R]):
    """Waiting versions of the records of one table.

    A changed record is written only where the stored one still has the status that the decision
    started from (compare and set).
    """

    def __init__(self, table: Table, row_of: Callable[[_R], _Row]) -> None:
        self._table = table
        self._row_of = row_of
        self._key_names = _key_names(table)
        self._new: dict[tuple[object, ...], _Row] = {}
        self._changed: dict[tuple[object, ...], tuple[Status, _Row]] = {}

    def create(self, record: _R) -> None:
        row = self._row_of(record)
        self._new[self._key(row)] = row

    def change(self, before: Status, record: _R) -> None:
        self._keep(before, self._row_of(record))

    def merge(self, other: _Records[_R]) -> None:
        self._new.update(other._new)
        for before, row in other._changed.values():
            self._keep(before, row)

    def insert_new(self, connection: Connection) -> None:
        if self._new:
            connection.execute(_insert(self._table), list(self._new.values()))
            self._new.clear()

    def update_changed(self, connection: Connection) -> None:
        if not self._changed:
            return
        changed = [
            {f"where_{column}": value for column, value in zip(self._key_names, key, strict=True)}
            | {"where_status": before}
            | row
            for key, (before, row) in self._changed.items()
        ]
        self._changed.clear()
        written = connection.execute(_guarded_update(self._table), changed).rowcount
        if written != len(changed):
            raise StaleClaimError(
                f"{len(changed) - written} of {len(changed)} rows of {self._table.name}"
                " have changed since they were read"
            )

    def _keep(self, before: Status, row: _Row) -> None:
        key = self._key(row)
        if key in self._new:
            self._new[key] = row
        else:
            first, _ = self._changed.get(key, (before, row))
            self._changed[key] = (first, row)

    def _key(self, row: _Row) -> tuple[object, ...]:
        return tuple(row[name] for name in self._key_names)


# Statements are made once: making one costs more than writing a hundred rows with it.


@cache
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _guarded_update(table: Table) -> Update:
    keys = _key_names(table)
    return (
        update(table)
        .where(
            *(table.c[name] == bindparam(f"where_{name}") for name in keys),
            table.c.status == bindparam("where_status"),
        )
        .values(
            {
                column.name: bindparam(column.name)
                for column in table.columns
                if column.name not in keys
            }
        )
    )
