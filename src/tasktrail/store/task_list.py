"""Which tasks a list shows, and in which order: newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from tasktrail.errors import InvalidInputError
from tasktrail.model.administration import ADMINISTRATION
from tasktrail.model.plan import Resource
from tasktrail.store.bitset import members_from_highest
from tasktrail.store.sealed_tasks import SealedTasks
from tasktrail.store.segments import sealed_until
from tasktrail.store.tables import projects, task_projects, task_resources, tasks
from tasktrail.store.task_filter import TaskFilter
from tasktrail.store.visibility import (
    Sight,
    projects_named,
    stands_alone,
    visible,
    visible_among,
)

TREE_LIMIT = 250
"""Tasks below the roots of a page that a tree view shows at most."""

DEEPEST_TREE = 10
"""Levels that a tree view shows, its roots included."""


@dataclass(frozen=True, slots=True)
class Page:
    """Task ids of one page, newest first, and how many tasks there are on all pages."""

    task_ids: list[int]
    total: int


def list_tasks(
    connection: Connection, sight: Sight, wanted: TaskFilter, page: int, size: int
) -> Page:
    """One page (counted from 1) of the tasks that fit and may be seen.

    Old tasks are found among those that are sealed, which takes the same time for every page.
    """
    wanted = _askable(sight, wanted)
    if wanted.nothing or not _sees_kin(connection, sight, wanted):
        return Page([], 0)
    skipped = (page - 1) * size
    segments, last_sealed = sealed_until(connection, sight.organization_id)
    # One task and the kin of one are few, and found by an index.
    named = (wanted.referred_task_id, wanted.origin_task_id, wanted.repeated_task_id)
    if not segments or any(one is not None for one in named):
        return _look_through(connection, _conditions(sight, wanted, 0), skipped, size)
    newer = _look_through(connection, _conditions(sight, wanted, last_sealed), skipped, size)
    sealed = SealedTasks(connection, sight.organization_id, segments)
    matching = sealed.matching(sight, wanted)
    missing = size - len(newer.task_ids)
    older = members_from_highest(matching, max(0, skipped - newer.total), missing)
    return Page([*newer.task_ids, *sealed.task_ids(older)], newer.total + matching.bit_count())


def _askable(sight: Sight, wanted: TaskFilter) -> TaskFilter:
    """The filter without projects that may not be seen: who could ask for them would learn which of
    the tasks are linked to them."""
    if sight.project_ids is None or not wanted.project_ids:
        return wanted
    seen = tuple(one for one in wanted.project_ids if one in sight.project_ids)
    return replace(wanted, project_ids=seen, nothing=wanted.nothing or not seen)


def _sees_kin(connection: Connection, sight: Sight, wanted: TaskFilter) -> bool:
    """Whether the tasks that are asked for by their kin are kin of what may be seen; of what may
    not be seen there is none."""
    kin = (wanted.origin_task_id, wanted.repeated_task_id)
    named = {one for one in kin if one is not None}
    return named == visible_among(connection, sight, named)


def _look_through(
    connection: Connection, conditions: list[ColumnElement[bool]], skipped: int, size: int
) -> Page:
    """The tasks that fit, without the `skipped` newest of them, and how many fit in all."""
    count = select(func.count()).select_from(tasks).where(*conditions)
    total = connection.execute(count).scalar_one()
    if skipped >= total:
        return Page([], total)
    found = connection.execute(
        select(tasks.c.id)
        .where(*conditions)
        .order_by(tasks.c.id.desc())
        .limit(size)
        .offset(skipped)
    )
    return Page(list(found.scalars()), total)


def list_below(
    connection: Connection, sight: Sight, roots: list[int], *, silent: bool
) -> tuple[dict[int, int], bool]:
    """Tasks that `roots` produced, directly or not, with the task above each; and whether there
    are more than a view shows. What stands below a task that may not be seen is left out.

    Raises:
        InvalidInputError: they are more than `DEEPEST_TREE` levels.
    """
    below: dict[int, int] = {}
    level = roots
    depth = 1
    while level:
        conditions = [tasks.c.origin_task_id.in_(level), visible(sight)]
        if not silent:
            conditions.append(~tasks.c.silent)
        found = connection.execute(
            select(tasks.c.id, tasks.c.origin_task_id)
            .where(*conditions)
            .order_by(tasks.c.id)
            .limit(TREE_LIMIT + 1 - len(below))
        ).all()
        depth += 1
        if found and depth > DEEPEST_TREE:
            raise InvalidInputError(
                f"a task of this page stands above more than {DEEPEST_TREE} levels of tasks",
                hint="ask for the flat view",
            )
        below.update((row.id, row.origin_task_id) for row in found)
        if len(below) > TREE_LIMIT:
            return dict(list(below.items())[:TREE_LIMIT]), True
        level = [row.id for row in found]
    return below, False


def _conditions(sight: Sight, wanted: TaskFilter, after: int) -> list[ColumnElement[bool]]:
    """That a task fits, may be seen, and has an id above `after`."""
    conditions = [visible(sight, after=after), tasks.c.id > after]
    referred = wanted.referred_task_id
    if wanted.roots_only and referred is None:
        conditions.append(stands_alone(sight))
    if wanted.statuses:
        conditions.append(tasks.c.status.in_([str(status) for status in wanted.statuses]))
    if wanted.names:
        conditions.append(tasks.c.definition.in_(wanted.names))
    if referred is not None:
        conditions.append(tasks.c.id == referred)
    elif wanted.search:
        conditions.append(
            tasks.c.title.icontains(wanted.search, autoescape=True)
            | tasks.c.definition.icontains(wanted.search, autoescape=True)
        )
    if wanted.administration is not None:
        recorded = tasks.c.definition.in_(ADMINISTRATION)
        conditions.append(recorded if wanted.administration else ~recorded)
    if not wanted.silent:
        conditions.append(~tasks.c.silent)
    if wanted.created_after is not None:
        conditions.append(tasks.c.created_at > wanted.created_after)
    return [
        *conditions,
        *_by_authors(wanted),
        *_about(sight, wanted, after),
        *_beside(wanted),
    ]


def _by_authors(wanted: TaskFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.authors:
        yield tasks.c.author_kind.in_([str(kind) for kind in wanted.authors])
    if wanted.users:
        yield tasks.c.author_name.in_(wanted.users)
    if wanted.roles:
        yield tasks.c.author_role.in_([str(role) for role in wanted.roles])


def _about(sight: Sight, wanted: TaskFilter, after: int) -> Iterator[ColumnElement[bool]]:
    if wanted.projects:
        linked = (
            select(task_projects.c.task_id)
            .join(projects, projects.c.id == task_projects.c.project_id)
            .where(
                projects_named(sight, wanted.projects),
                task_projects.c.task_id > after,
            )
        )
        yield tasks.c.id.in_(linked)
    if wanted.project_ids:
        links = task_projects.c
        yield tasks.c.id.in_(
            select(links.task_id).where(
                links.project_id.in_(wanted.project_ids), links.task_id > after
            )
        )
    if wanted.in_project is not None:
        any_project = exists().where(task_projects.c.task_id == tasks.c.id)
        yield any_project if wanted.in_project else ~any_project
    if wanted.resources:
        yield _links_one_of(wanted.resources, after)
    for resource in wanted.all_resources:
        yield _links_one_of((resource,), after)


def _links_one_of(resources: Iterable[Resource], after: int) -> ColumnElement[bool]:
    links = task_resources.c
    pairs = [(links.kind == one.kind) & (links.resource_id == str(one.id)) for one in resources]
    return tasks.c.id.in_(select(links.task_id).where(or_(*pairs), links.task_id > after))


def _beside(wanted: TaskFilter) -> Iterator[ColumnElement[bool]]:
    """What other tasks have to do with it."""
    if wanted.origin_task_id is not None:
        yield tasks.c.origin_task_id == wanted.origin_task_id
    if wanted.repeated_task_id is not None:
        yield tasks.c.repeated_task_id == wanted.repeated_task_id
