"""What a list of tasks is narrowed down to."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.instant import Instant
from tasktrail.model.plan import Resource
from tasktrail.model.reference import referred_task
from tasktrail.model.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """What a list is narrowed down to; empty means all. Silent tasks only when asked for (M18).

    Several values of one field are alternatives. `in_project` tells tasks that link a project from
    those of the organization (M10), `administration` records of changes to people and rights from
    everything else; `users` are names of authors as of then. Of `resources` a task
    must link one, of `all_resources` each. `nothing` asks for what no task is.

    A `search` for the reference of an error finds the one task that it names, wherever that stands
    in a tree; any other finds texts.
    """

    statuses: tuple[Status, ...] = ()
    names: tuple[str, ...] = ()
    search: str | None = None
    projects: tuple[str, ...] = ()
    project_ids: tuple[int, ...] = ()
    in_project: bool | None = None
    administration: bool | None = None
    resources: tuple[Resource, ...] = ()
    all_resources: tuple[Resource, ...] = ()
    authors: tuple[AuthorKind, ...] = ()
    users: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    origin_task_id: int | None = None
    repeated_task_id: int | None = None
    silent: bool = False
    roots_only: bool = False
    created_after: Instant | None = None
    nothing: bool = False

    @property
    def referred_task_id(self) -> int | None:
        """The task that the search names by a reference."""
        return None if self.search is None else referred_task(self.search)
