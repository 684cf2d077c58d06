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

from sqlalchemy import Connection, func, insert, select, text

from tasktrail.model.instant import Instant
from tasktrail.store.bitset import bitset, pack
from tasktrail.store.segment_summary import SEGMENT, Segment, summed_up, task_rows
from tasktrail.store.segment_tables import task_facets, task_leftovers, task_segments
from tasktrail.store.tables import organizations, tasks

MARGIN = 1024
"""Newer tasks of the organization that there must be before a segment is sealed."""

MOST_LEFTOVERS = SEGMENT // 16
"""Tasks that have not ended in a segment that is sealed, at most."""

_IN_FLIGHT = 60_000_000
"""Microseconds from the creation of a task within which the transaction has its id."""


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
    rows = task_rows(connection, *newer)
    live = frozenset(row.id for row in rows if row.ended_at is None)
    if len(live) > MOST_LEFTOVERS or max(row.created_at for row in rows) >= settled:
        return None
    return summed_up(connection, organization_id, number, rows, live)


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
