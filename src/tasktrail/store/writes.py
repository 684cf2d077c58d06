"""Writes that wait to be flushed together: a few statements for many records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from tasktrail.errors import StaleClaimError
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.store.record_shapes import (
    ATTEMPTS,
    EVENTS,
    JOBS,
    STEPS,
    TASKS,
    RecordShape,
    event_values,
)
from tasktrail.store.rows import plan_text
from tasktrail.store.statements import Execute, Insert, Statement, Values


class PendingWrites:
    """New and changed records, each once, in the version that was decided last."""

    __slots__ = ("_attempts", "_events", "_jobs", "_plain", "_steps", "_tasks")

    def __init__(self) -> None:
        self._tasks = _Records(TASKS)
        self._jobs = _Records(JOBS)
        self._steps = _Records(STEPS)
        self._attempts = _Records(ATTEMPTS)
        self._plain: dict[Statement, list[Values]] = {}
        self._events: list[Event] = []

    def create(self, state: TaskState, changes: Changes) -> None:
        """Keep the records of a new task."""
        task_id = state.task.id
        self._tasks.create(task_id, state.task)
        self.insert(_PLANS, [(task_id, plan_text(state.plan))])
        for job in state.jobs.values():
            self._jobs.create(job.id, job)
        for step in state.steps.values():
            self._steps.create(step.id, step)
        self.note(changes.events)

    def change(self, before: TaskState, changes: Changes) -> None:
        """Keep a decision; `before` is the state that it was made on."""
        if changes.task is not None:
            self._tasks.change(changes.task_id, before.task.status, changes.task)
        for job_id, job in changes.jobs.items():
            self._jobs.change(job_id, before.jobs[job_id].status, job)
        for step_id, step in changes.steps.items():
            self._steps.change(step_id, before.steps[step_id].status, step)
        for step_id, attempt in changes.attempts.items():
            key = step_id, attempt.number
            last = before.attempts.get(step_id)
            if last is None or last.number != attempt.number:
                self._attempts.create(key, attempt)
            else:
                self._attempts.change(key, last.status, attempt)
        self.note(changes.events)

    def insert(self, statement: Statement, new: Iterable[Values]) -> None:
        """Keep plain new rows."""
        if found := list(new):
            self._plain.setdefault(statement, []).extend(found)

    def note(self, events: Iterable[Event]) -> None:
        """Keep entries of the history."""
        self._events.extend(events)

    def merge(self, other: PendingWrites) -> None:
        """Take over what another one holds, which was decided later."""
        self._tasks.merge(other._tasks)
        self._jobs.merge(other._jobs)
        self._steps.merge(other._steps)
        self._attempts.merge(other._attempts)
        for statement, new in other._plain.items():
            self._plain.setdefault(statement, []).extend(new)
        self._events.extend(other._events)

    def flush(self, execute: Execute) -> None:
        """Write everything by `execute` and hold nothing any more.

        Raises:
            StaleClaimError: a stored record has not the status that a decision started from.
        """
        records = (self._tasks, self._jobs, self._steps, self._attempts)
        added: list[tuple[Statement, list[Values]]] = []
        added += [(one.shape.insert, new) for one in records if (new := one.take_new())]
        added += self._plain.items()
        self._plain.clear()
        if self._events:
            added.append((EVENTS, [event_values(event) for event in self._events]))
            self._events.clear()
        changed = [(one.shape.update, new) for one in records if (new := one.take_changed())]
        if not added and not changed:
            return
        written = execute([*added, *changed])
        for (update, expected), count in zip(changed, written[len(added) :], strict=True):
            if count != len(expected):
                raise StaleClaimError(
                    f"{len(expected) - count} of {len(expected)} rows of {update.table}"
                    " have changed since they were read"
                )


class _Record(Protocol):
    @property
    def status(self) -> Status: ...


_R = TypeVar("_R", bound=_Record)
_Key = int | tuple[int, int]


class _Records(Generic[_R]):
    """Waiting versions of the records of one table.

    A changed record is written only where the stored one still has the status that the decision
    started from (compare and set).
    """

    __slots__ = ("_changed", "_new", "shape")

    def __init__(self, shape: RecordShape[_R]) -> None:
        self.shape = shape
        self._new: dict[_Key, _R] = {}
        self._changed: dict[_Key, tuple[Status, _R]] = {}

    def create(self, key: _Key, record: _R) -> None:
        self._new[key] = record

    def change(self, key: _Key, before: Status, record: _R) -> None:
        if key in self._new:
            self._new[key] = record
        else:
            earlier = self._changed.get(key)
            self._changed[key] = before if earlier is None else earlier[0], record

    def merge(self, other: _Records[_R]) -> None:
        self._new.update(other._new)
        for key, (before, record) in other._changed.items():
            self.change(key, before, record)

    def take_new(self) -> list[Values]:
        """The rows that are to be inserted."""
        rows = [self.shape.values(record) for record in self._new.values()]
        self._new.clear()
        return rows

    def take_changed(self) -> list[Values]:
        """The values of the rows that are to be updated."""
        shape = self.shape
        rows = [
            (*shape.changes(record), *shape.key_of(record), str(before))
            for before, record in self._changed.values()
        ]
        self._changed.clear()
        return rows


_PLANS = Insert("task_plans", ("task_id", "plan"))
