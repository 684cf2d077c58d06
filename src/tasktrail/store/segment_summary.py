"""What a segment says of its tasks: made of their rows, and read back as it was stored."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from tasktrail.store.bitset import members, unpack
from tasktrail.store.segment_tables import task_facets, task_leftovers, task_segments
from tasktrail.store.tables import task_projects, task_resources, tasks

SEGMENT = 4096
"""Tasks of a segment."""

LOUD, IN_PROJECT, ROOT = "loud", "project", "root"

BELOW = "below"
"""The kind of the facets of tasks whose origin links a project."""


def facet(kind: str, *values: object) -> str:
    """The name of the property that `kind` has this value."""
    return "\x1f".join((kind, *map(str, values)))


@dataclass(slots=True)
class Segment:
    """Some thousand tasks of an organization in the order of their ids, as they are stored."""

    organization_id: int
    number: int
    task_ids: array[int]
    created: tuple[int, int]
    titles: list[str]
    names: list[str]
    members: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    leftovers: list[int] = field(default_factory=list[int])
    """Places of those that have not ended; places count from 0 in each segment."""


def task_rows(connection: Connection, *of: ColumnElement[bool]) -> Sequence[Any]:
    """What a segment is made of, of at most one segment of tasks, in the order of their ids."""
    columns = (
        tasks.c.id,
        tasks.c.definition,
        tasks.c.status,
        tasks.c.ended_at,
        tasks.c.created_at,
        tasks.c.author_kind,
        tasks.c.author_name,
        tasks.c.author_role,
        tasks.c.silent,
        tasks.c.origin_task_id,
        func.lower(tasks.c.title).label("title"),
        func.lower(tasks.c.definition).label("name"),
    )
    found = connection.execute(select(*columns).where(*of).order_by(tasks.c.id).limit(SEGMENT))
    return found.all()


def summed_up(
    connection: Connection,
    organization_id: int,
    number: int,
    rows: Sequence[Any],
    live: frozenset[int],
) -> Segment:
    """The segment of these `rows`, of which the tasks `live` had not ended when it was sealed."""
    created = [row.created_at for row in rows]
    segment = Segment(
        organization_id=organization_id,
        number=number,
        task_ids=array("Q", [row.id for row in rows]),
        created=(min(created), max(created)),
        titles=[row.title for row in rows],
        names=[row.name for row in rows],
    )
    for place, row in enumerate(rows):
        if row.id in live:
            segment.leftovers.append(place)
        for name in _own_facets(row, ended=row.id not in live):
            segment.members[name].append(place)
    places = {row.id: place for place, row in enumerate(rows)}
    _add_links(connection, segment, places)
    return segment


def stored_segment(connection: Connection, organization_id: int, number: int) -> Segment:
    """A segment as it was sealed."""
    here = task_segments.c.organization_id == organization_id
    row = connection.execute(
        select(task_segments).where(here, task_segments.c.number == number)
    ).one()
    task_ids = array("Q")
    task_ids.frombytes(row.task_ids)
    segment = Segment(
        organization_id=organization_id,
        number=number,
        task_ids=task_ids,
        created=(row.created_first, row.created_last),
        titles=row.titles.decode().split("\0"),
        names=row.names.decode().split("\0"),
    )
    for one in connection.execute(
        select(task_facets.c.facet, task_facets.c.bits).where(
            task_facets.c.organization_id == organization_id, task_facets.c.segment == number
        )
    ):
        segment.members[one.facet] = members(unpack(one.bits))
    first = number * SEGMENT
    leftovers = connection.execute(
        select(task_leftovers.c.position)
        .where(
            task_leftovers.c.organization_id == organization_id,
            task_leftovers.c.position.between(first, first + SEGMENT - 1),
        )
        .order_by(task_leftovers.c.position)
    )
    segment.leftovers = [position - first for position in leftovers.scalars()]
    return segment


def segment_anew(connection: Connection, stored: Segment) -> Segment:
    """What the segment would be if the tasks between its first and its last were summed up now, as
    they were when it was sealed."""
    rows = task_rows(
        connection,
        tasks.c.organization_id == stored.organization_id,
        tasks.c.id.between(stored.task_ids[0], stored.task_ids[-1]),
    )
    ids = stored.task_ids
    live = frozenset(ids[place] for place in stored.leftovers if place < len(ids))
    return summed_up(connection, stored.organization_id, stored.number, rows, live)


def segment_numbers(connection: Connection) -> list[tuple[int, int]]:
    """Every segment there is: its organization, and its number there."""
    found = connection.execute(
        select(task_segments.c.organization_id, task_segments.c.number).order_by(
            task_segments.c.organization_id, task_segments.c.number
        )
    )
    return [(row.organization_id, row.number) for row in found]


def _own_facets(row: Any, *, ended: bool) -> Iterable[str]:
    yield facet("name", row.definition)
    yield facet("author", row.author_kind)
    yield facet("user", row.author_name)
    if row.author_role is not None:
        yield facet("role", row.author_role)
    if ended:
        yield facet("status", row.status)
    if not row.silent:
        yield LOUD
    if row.origin_task_id is None:
        yield ROOT


def _add_links(connection: Connection, segment: Segment, places: dict[int, int]) -> None:
    here = tasks.c.organization_id == segment.organization_id
    range_ = tasks.c.id.between(segment.task_ids[0], segment.task_ids[-1])
    linked = select(task_projects).join(tasks, tasks.c.id == task_projects.c.task_id)
    for row in connection.execute(linked.where(here, range_)):
        segment.members[facet("project", row.project_id)].append(places[row.task_id])
        segment.members[IN_PROJECT].append(places[row.task_id])
    origins = select(tasks.c.id, task_projects.c.project_id).join(
        task_projects, task_projects.c.task_id == tasks.c.origin_task_id
    )
    for row in connection.execute(origins.where(here, range_)):
        segment.members[facet(BELOW, row.project_id)].append(places[row.id])
    about = select(task_resources).join(tasks, tasks.c.id == task_resources.c.task_id)
    for row in connection.execute(about.where(here, range_)):
        name = facet("resource", row.kind, row.resource_id)
        segment.members[name].append(places[row.task_id])
