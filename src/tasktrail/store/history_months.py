"""Histories in PostgreSQL, month by month.

There the entries of all histories are in one table for each month, and one for what belongs to none
of these: a clock may be wrong, or the table of a month not be made yet. A month is made ahead, and
goes as a whole. SQLite has one table for all, of which nothing goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select, text

from tasktrail.model.instant import Instant
from tasktrail.model.month import Month
from tasktrail.store.history_tables import history_removals
from tasktrail.store.tables import events, tasks

_TABLE = re.compile(r"events_(\d{4})_(\d{2})")
_REST = "events_other"
_SET_BACK = 31 * 86400 * 1_000_000
"""Microseconds."""
_PATIENCE = "2s"
"""How long others may have to wait for us to get all to ourselves."""


class KeptMonth(NamedTuple):
    """The entries of a month, and the bytes that they take."""

    month: Month
    size: int


def has_months(connection: Connection) -> bool:
    """Whether histories are kept by month."""
    return connection.dialect.name == "postgresql"


def kept_months(connection: Connection) -> list[KeptMonth]:
    """The months that have a table, oldest first."""
    found = connection.execute(
        text(
            "SELECT relname, pg_total_relation_size(oid) AS size FROM pg_class"
            " JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'events'::regclass"
        )
    )
    named = ((_TABLE.fullmatch(row.relname), row.size) for row in found)
    return sorted(
        KeptMonth(Month(int(name[1]), int(name[2])), size) for name, size in named if name
    )


def make_months(connection: Connection, wanted: Iterable[Month]) -> list[Month]:
    """Make the tables of these months where there are none, and bring the entries there that had
    come already; those that were made.

    Nobody writes histories meanwhile.
    """
    there = {kept.month for kept in kept_months(connection)}
    missing = sorted(set(wanted) - there)
    if missing:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        # In the order in which decisions take them.
        connection.exec_driver_sql("LOCK TABLE tasks IN SHARE ROW EXCLUSIVE MODE")
        connection.exec_driver_sql(f"LOCK TABLE {_REST} IN ACCESS EXCLUSIVE MODE")
    for month in missing:
        _make(connection, month)
    return missing


def removable_months(connection: Connection, before: Instant) -> list[KeptMonth]:
    """The months that are over at `before`, and in which no task began that has not ended."""
    oldest = connection.execute(
        select(func.min(tasks.c.created_at)).where(tasks.c.ended_at.is_(None))
    ).scalar_one()
    until = before if oldest is None else min(before, oldest)
    return [kept for kept in kept_months(connection) if kept.month.end <= until]


def remove_months(
    connection: Connection, months: Iterable[Month], *, at: Instant, by_task: int
) -> None:
    """Remove all entries of these months, and what is older, and remember that a task says so."""
    gone = sorted(months)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    for month in gone:
        connection.exec_driver_sql(f"DROP TABLE {_table(month)}")
    until = gone[-1].end
    connection.exec_driver_sql(
        f"DELETE FROM {_REST} USING tasks WHERE tasks.id = task_id AND ended_at IS NOT NULL"  # noqa: S608 - names of ours
        f' AND "at" < {until}'
    )
    connection.execute(
        insert(history_removals).values(until=until, removed_at=at, removed_by=by_task)
    )


def whole_since(connection: Connection) -> Instant:
    """Tasks that were created from then on have their whole history."""
    found = connection.execute(select(func.max(history_removals.c.until))).scalar_one()
    return Instant(found or 0)


def recorded_since(connection: Connection, task_ids: Iterable[int]) -> list[ColumnElement[bool]]:
    """Conditions for the entries of these tasks that leave out tables which hold none of them.

    What is told of a task came after its creation; the clock may have been set back a little.
    """
    if not has_months(connection):
        return []
    created = select(func.min(tasks.c.created_at)).where(tasks.c.id.in_(list(task_ids)))
    first = connection.execute(created).scalar_one()
    return [] if first is None else [events.c.at >= first - _SET_BACK]


def recorded_after(connection: Connection, event_id: int) -> list[ColumnElement[bool]]:
    """Conditions for the entries behind one that leave out tables which hold none of them, as long
    as the clocks of those who write entries differ by less than a month."""
    if not has_months(connection):
        return []
    query = select(events.c.at).where(events.c.id > event_id).order_by(events.c.id).limit(1)
    first = connection.execute(query).scalar_one_or_none()
    return [] if first is None else [events.c.at >= first - _SET_BACK]


def months_with_entries(connection: Connection) -> list[Month]:
    """The months in which anything happened, by an SQLite database; those before 1970, when no
    clock is right, left out."""
    found = connection.execute(
        text(
            "SELECT DISTINCT strftime('%Y-%m', \"at\" / 1000000, 'unixepoch') AS month"
            ' FROM events WHERE "at" >= 0'
        )
    )
    return sorted(Month(*map(int, row.month.split("-"))) for row in found)


def _make(connection: Connection, month: Month) -> None:
    name, start, end = _table(month), month.start, month.end
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE events INCLUDING DEFAULTS)")
    connection.exec_driver_sql(
        f'WITH moved AS (DELETE FROM {_REST} WHERE "at" >= {start} AND "at" < {end} RETURNING *)'  # noqa: S608 - names of ours
        f" INSERT INTO {name} SELECT * FROM moved"
    )
    connection.exec_driver_sql(
        f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})"
    )


def _table(month: Month) -> str:
    return f"events_{month.year:04}_{month.month:02}"
