"""Which tasks somebody may see, as conditions in SQL, so that lists and counts leak nothing.

The rules are those of `model.access`: it is asked here what an actor sees, and no rule is written
down twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as with_changes

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from tasktrail.model.access import Actor, Permission, Scope, allows
from tasktrail.store.tables import projects, task_projects, tasks
from tasktrail.store.task_views import TaskView

_AT_ONCE = 1000
"""Ids that are looked up by one statement."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of an organization: all of its tasks (`project_ids` is None), or those
    that link at least one of some projects."""

    organization_id: int
    project_ids: frozenset[int] | None


def sight_of(actor: Actor) -> Sight:
    """What `actor` sees.

    Who sees a task of the organization itself sees all of its tasks.
    """
    here = actor.organization_id
    if allows(actor, Permission.SEE, Scope(organization_id=here, definition="")):
        return Sight(here, None)
    return Sight(here, frozenset(filter(lambda one: _sees_project(actor, one), actor.projects)))


def visible(sight: Sight, *, after: int = 0) -> ColumnElement[bool]:
    """The condition on `tasks` that a task may be seen. Whoever wants only tasks with ids above
    `after` says so, and no links of others are read."""
    here = tasks.c.organization_id == sight.organization_id
    if sight.project_ids is None:
        return here
    linked = exists().where(
        task_projects.c.task_id == tasks.c.id,
        task_projects.c.project_id.in_(sorted(sight.project_ids)),
        task_projects.c.task_id > after,
    )
    return and_(here, linked)


def stands_alone(sight: Sight) -> ColumnElement[bool]:
    """The condition on `tasks` that a task, which may be seen, stands below no other that may be
    seen: it has no origin, or one that may not."""
    if sight.project_ids is None:
        return tasks.c.origin_task_id.is_(None)
    seen = exists().where(
        task_projects.c.task_id == tasks.c.origin_task_id,
        task_projects.c.project_id.in_(sorted(sight.project_ids)),
    )
    return or_(tasks.c.origin_task_id.is_(None), ~seen)


def projects_named(sight: Sight, names: Iterable[str]) -> ColumnElement[bool]:
    """The condition on `projects` that one has one of these names, and may be seen."""
    condition = and_(
        projects.c.organization_id == sight.organization_id, projects.c.name.in_(list(names))
    )
    if sight.project_ids is None:
        return condition
    return and_(condition, projects.c.id.in_(sorted(sight.project_ids)))


def visible_among(connection: Connection, sight: Sight, task_ids: Iterable[int]) -> set[int]:
    """Those of the tasks that may be seen."""
    found: set[int] = set()
    wanted = sorted(set(task_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(tasks.c.id).where(tasks.c.id.in_(some), visible(sight))
        found.update(connection.execute(query).scalars())
    return found


def hide_unseen(connection: Connection, sight: Sight, views: Mapping[int, TaskView]) -> None:
    """Take out of `views`, which may be seen, the other tasks and the projects that may not.

    A task refers to tasks and projects of its own organization only.
    """
    if sight.project_ids is None:
        return
    for view in views.values():
        view.projects = {
            one: name for one, name in view.projects.items() if one in sight.project_ids
        }
    named = {task_id for view in views.values() for task_id in _named(view)}
    hidden = named - visible_among(connection, sight, named)
    if hidden:
        for view in views.values():
            _forget(view, hidden)


def _sees_project(actor: Actor, project_id: int) -> bool:
    scope = Scope(
        organization_id=actor.organization_id, definition="", project_ids=frozenset({project_id})
    )
    return allows(actor, Permission.SEE, scope)


def _named(view: TaskView) -> list[int]:
    single = (view.task.origin_task_id, view.task.repeated_task_id)
    holders = (wait.holder_task_id for wait in view.waits)
    return [
        *view.spawned,
        *view.reruns,
        *(one for one in (*single, *holders) if one is not None),
    ]


def _forget(view: TaskView, hidden: set[int]) -> None:
    task = view.task
    if task.origin_task_id in hidden:
        task = replace(task, origin_task_id=None)
    if task.repeated_task_id in hidden:
        task = replace(task, repeated_task_id=None)
    view.task = task
    view.spawned = [one for one in view.spawned if one not in hidden]
    view.reruns = [one for one in view.reruns if one not in hidden]
    view.waits = [
        with_changes(wait, holder_task_id=None) if wait.holder_task_id in hidden else wait
        for wait in view.waits
    ]
