"""One unit of work: reads states, keeps decisions, and is all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from sqlalchemy import Connection

from tasktrail.model.changes import Changes
from tasktrail.model.event import Event
from tasktrail.model.plan import Resource
from tasktrail.model.state import TaskState
from tasktrail.model.submission import Ids
from tasktrail.store.statements import Insert
from tasktrail.store.writes import PendingWrites


class Unit(Protocol):
    """What a transaction needs of the database that it runs in."""

    @property
    def ids(self) -> Ids:
        """Ids that were never used before."""
        ...

    def state(self, task_id: int) -> TaskState:
        """The state of a task, to be decided on.

        Raises:
            NotFoundError: there is no such task.
        """
        ...

    def keep(self, state: TaskState) -> None:
        """Have the state of a new task at hand."""
        ...

    def connection(self, writes: PendingWrites) -> Connection:
        """The connection, with `writes` and all earlier ones flushed into it."""
        ...


class Transaction:
    """What the actions may do to the store in one go.

    States are changed in place as decisions are saved; when the transaction fails, the states that
    it touched are forgotten and read anew.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.writes = PendingWrites()
        self.touched: dict[int, TaskState] = {}
        """The states that were asked for, by task."""

    @property
    def ids(self) -> Ids:
        """Ids that were never used before."""
        return self._unit.ids

    @property
    def connection(self) -> Connection:
        """For statements of the store's own files; sees everything decided so far."""
        return self._unit.connection(self.writes)

    def state(self, task_id: int) -> TaskState:
        """The task as it stands in this transaction.

        Raises:
            NotFoundError: there is no such task.
        """
        state = self.touched.get(task_id)
        if state is None:
            state = self.touched[task_id] = self._unit.state(task_id)
        return state

    def create(
        self,
        state: TaskState,
        changes: Changes,
        *,
        project_ids: Iterable[int] = (),
        resources: Iterable[Resource] = (),
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """Bring a new task into the store."""
        task_id = state.task.id
        self.touched[task_id] = state
        self._unit.keep(state)
        self.writes.create(state, changes)
        self.writes.insert(_PROJECTS, ((task_id, project_id) for project_id in project_ids))
        named = dict.fromkeys((resource.kind, str(resource.id)) for resource in resources)
        self.writes.insert(_RESOURCES, ((task_id, *resource) for resource in named))
        self.writes.insert(_SECRETS, ((task_id, *secret) for secret in (secrets or {}).items()))

    def save(self, state: TaskState, changes: Changes) -> None:
        """Keep a decision about a task."""
        self.writes.change(state, changes)
        state.absorb(changes)

    def note(self, event: Event) -> None:
        """Add an entry to a task's history that comes with no change of its records."""
        self.writes.note([event])


_PROJECTS = Insert("task_projects", ("task_id", "project_id"))
_RESOURCES = Insert("task_resources", ("task_id", "kind", "resource_id"))
_SECRETS = Insert("task_secrets", ("task_id", "name", "value"))
