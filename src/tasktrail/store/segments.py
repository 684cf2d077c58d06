"""Old tasks, summed up: what never changes of them, as sets.

The tasks of an organization, in the order of their ids, are cut into segments of `SEGMENT` tasks.
Once tasks are old enough their segment is sealed: written once, and never changed. The task that
is number n of its organization has position n; a facet is a property, such as `status:failed` or
`project:7`, with the set of positions that have it. Any filter is then a few operations on sets,
its count exact and every page of it equally far away; only the tasks that are newer than the last
segment are looked through one by one.

All of a task that lists ask for is fixed when it is created, but for its status. A task that had
not ended when its segment was sealed is a leftover: it is in no set of a status, and its status is
read where it stands.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from tasktrail.model.instant import Instant
from tasktrail.store.bitset import bitset, pack
from tasktrail.store.segment_tables import task_facets, task_leftovers, task_segments
from tasktrail.store.tables import organizations, task_projects, task_resources, tasks

SEGMENT = 4096
"""Tasks of a segment."""

MARGIN = 1024
"""Newer tasks of the organization that there must be before a segment is sealed."""

MOST_LEFTOVERS = SEGMENT // 16
"""Tasks that have not ended in a segment that is sealed, at most."""

_IN_FLIGHT = 60_000_000
"""Microseconds from the creation of a task within which the transaction has its id."""

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


def settled_before(connection: Connection, now: Instant) -> Instant:
    """Tasks created before the answer are all there, committed, at whatever order of their ids.

    SQLite commits in the order of ids. On PostgreSQL a transaction may still hold a lower id than
    those that are seen: every one that is open has begun after the answer.
    """
    if connection.dialect.name != "postgresql":
        return now
    # How long the oldest has been open, and not since when: the database has a clock of its own.
    age = connection.execute(
        text(
            "SELECT (extract(epoch FROM clock_timestamp() - min(xact_start)) * 1000000)::bigint"
            " FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    ).scalar_one()
    return Instant(now - max(0, age or 0) - _IN_FLIGHT)


def grown_since(connection: Connection, last_task_id: int) -> tuple[list[int], int]:
    """The organizations with tasks after `last_task_id` (0: all there are), and the last task."""
    newest = connection.execute(select(func.max(tasks.c.id))).scalar_one() or 0
    ids = select(tasks.c.organization_id).where(tasks.c.id > last_task_id).distinct()
    found = connection.execute(ids if last_task_id else select(organizations.c.id))
    return sorted(found.scalars()), newest


def has_grown(connection: Connection, organization_id: int) -> bool:
    """Whether there are enough newer tasks for a segment, settled or not."""
    _, last = sealed_until(connection, organization_id)
    newer = (tasks.c.organization_id == organization_id, tasks.c.id > last)
    enough = select(tasks.c.id).where(*newer).order_by(tasks.c.id).offset(SEGMENT + MARGIN - 1)
    return connection.execute(enough.limit(1)).first() is not None


def next_segment(connection: Connection, organization_id: int, settled: Instant) -> Segment | None:
    """The segment that can be sealed next, or None as long as there is none."""
    if not has_grown(connection, organization_id):
        return None
    number, last = sealed_until(connection, organization_id)
    newer = (tasks.c.organization_id == organization_id, tasks.c.id > last)
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
    rows = connection.execute(
        select(*columns).where(*newer).order_by(tasks.c.id).limit(SEGMENT)
    ).all()
    live = sum(row.ended_at is None for row in rows)
    if live > MOST_LEFTOVERS or max(row.created_at for row in rows) >= settled:
        return None
    return _summed_up(connection, organization_id, number, rows)


def keep_segment(connection: Connection, segment: Segment) -> None:
    """Store a segment; does nothing when somebody else has done so."""
    here = segment.organization_id
    number, _ = sealed_until(connection, here)
    if number != segment.number:
        return
    connection.execute(
        insert(task_segments).values(
            organization_id=here,
            number=number,
            last_task_id=segment.task_ids[-1],
            created_first=segment.created[0],
            created_last=segment.created[1],
            task_ids=segment.task_ids.tobytes(),
            titles="\0".join(segment.titles).encode(),
            names="\0".join(segment.names).encode(),
        )
    )
    connection.execute(
        insert(task_facets),
        [
            {
                "organization_id": here,
                "facet": name,
                "segment": number,
                "bits": pack(bitset(places)),
            }
            for name, places in sorted(segment.members.items())
        ],
    )
    if segment.leftovers:
        connection.execute(
            insert(task_leftovers),
            [
                {
                    "organization_id": here,
                    "position": number * SEGMENT + place,
                    "task_id": segment.task_ids[place],
                }
                for place in segment.leftovers
            ],
        )


def sealed_until(connection: Connection, organization_id: int) -> tuple[int, int]:
    """How many segments an organization has, and the last task in them (0: none)."""
    row = connection.execute(
        select(task_segments.c.number, task_segments.c.last_task_id)
        .where(task_segments.c.organization_id == organization_id)
        .order_by(task_segments.c.number.desc())
        .limit(1)
    ).first()
    return (0, 0) if row is None else (row.number + 1, row.last_task_id)


def _summed_up(
    connection: Connection, organization_id: int, number: int, rows: Sequence[Any]
) -> Segment:
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
        if row.ended_at is None:
            segment.leftovers.append(place)
        for name in _own_facets(row):
            segment.members[name].append(place)
    places = {row.id: place for place, row in enumerate(rows)}
    _add_links(connection, segment, places)
    return segment


def _own_facets(row: Any) -> Iterable[str]:
    yield facet("name", row.definition)
    yield facet("author", row.author_kind)
    yield facet("user", row.author_name)
    if row.author_role is not None:
        yield facet("role", row.author_role)
    if row.ended_at is not None:
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
