"""Moving all records from one database into another, which is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.store.history_months import make_months, months_with_entries
from tasktrail.store.table_content import (
    Rows,
    Summing,
    TableContent,
    kept_tables,
    row_count,
    rows_of,
)
from tasktrail.store.tables import metadata, task_resources, tasks

Progress = Callable[[int], None]
"""Told of rows that were copied or compared since the last call."""


class EarlierMove(NamedTuple):
    """What a database says of how its records came there: the task that recorded it, and the
    resources that this task names, by kind."""

    task_id: int
    resources: dict[str, str]


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows there are to move, by table."""
    return {str(table.name): row_count(connection, table) for table in kept_tables()}


def contents(connection: Connection, told: Progress) -> list[TableContent]:
    """What all tables hold that are moved."""
    return [_content(connection, table, told) for table in kept_tables()]


def move_records(source: Connection, target: Connection, told: Progress) -> list[TableContent]:
    """Copy all rows from an SQLite database into an empty PostgreSQL database, have ids go on where
    they stopped, and compare all of it.

    Raises:
        StoreUnavailableError: a row was not taken, or what is there is not what was copied.
    """
    make_months(target, months_with_entries(source))
    copied = [_copied(source, target, table, told) for table in kept_tables()]
    _go_on_with_ids(source, target)
    for was, now in zip(copied, contents(target, told), strict=True):
        if was != now:
            raise StoreUnavailableError(
                f"the rows of {was.table} are not there as they were: {was.rows} with the digest "
                f"{was.digest} became {now.rows} with {now.digest}"
            )
    target.exec_driver_sql("ANALYZE")
    return copied


def seize(target: Connection) -> list[str]:
    """Keep everybody else out of a PostgreSQL database until the end of the transaction; the tables
    of it that are not empty."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    target.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    return occupied(target)


def occupied(connection: Connection) -> list[str]:
    """The tables of ours that are there and not empty."""
    there = set(inspect(connection).get_table_names())
    return [
        str(table.name)
        for table in kept_tables()
        if table.name in there and connection.execute(select(1).select_from(table).limit(1)).first()
    ]


def look_at(url: str) -> list[str]:
    """`occupied`, of the PostgreSQL database at an address, which is left as it is.

    Raises:
        ArgumentError: that is no address.
        StoreUnavailableError: it cannot be reached, or we may not make tables there.
    """
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            allowed = connection.execute(
                text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
            ).scalar()
            if not allowed:
                raise StoreUnavailableError("the user of the database may not make tables in it")
            return occupied(connection)
    except DBAPIError as error:
        raise StoreUnavailableError(f"the database cannot be reached: {error.orig}") from error
    finally:
        engine.dispose()


def shown_address(url: str) -> str:
    """An address of a database without its password and that of its key, wherever they stand.

    Raises:
        ArgumentError: that is no address.
    """
    secrets = ["password", "sslpassword"]
    return make_url(url).difference_update_query(secrets).render_as_string()


def earlier_move(connection: Connection, definition: str) -> EarlierMove | None:
    """The last task by the name `definition`, which records a move."""
    task_id = connection.execute(
        select(tasks.c.id)
        .where(tasks.c.definition == definition)
        .order_by(tasks.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if task_id is None:
        return None
    named = connection.execute(
        select(task_resources.c.kind, task_resources.c.resource_id).where(
            task_resources.c.task_id == task_id
        )
    )
    return EarlierMove(task_id, {row.kind: row.resource_id for row in named})


def _copied(source: Connection, target: Connection, table: Table, told: Progress) -> TableContent:
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    summing = Summing(table)
    cursor: Any = target.connection.cursor()
    try:
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for rows in rows_of(source, table):
                summing.take(rows)
                _write(copy, rows)
                told(len(rows))
    except _errors_of(target) as error:
        raise StoreUnavailableError(f"the rows of {table.name} were not taken: {error}") from error
    finally:
        cursor.close()
    reach(Failpoint.MOVE_TABLE_COPIED)
    return summing.content


def _write(copy: Any, rows: Rows) -> None:
    for row in rows:
        copy.write_row(row)


def _content(connection: Connection, table: Table, told: Progress) -> TableContent:
    summing = Summing(table)
    for rows in rows_of(connection, table):
        summing.take(rows)
        told(len(rows))
    return summing.content


def _go_on_with_ids(source: Connection, target: Connection) -> None:
    """Have the next ids be those that SQLite would give: it remembers also ids that are gone."""
    last = {name: seq for name, seq in _remembered(source) if seq}
    for table in kept_tables():
        if table.name in last:
            target.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                {"name": table.name, "last": last[table.name]},
            )


def _remembered(source: Connection) -> Iterable[tuple[str, int]]:
    found = source.execute(text("SELECT name, seq FROM sqlite_sequence"))
    return [(str(row.name), int(row.seq)) for row in found]


def _errors_of(connection: Connection) -> type[Exception]:
    """What the driver raises, which is asked without SQLAlchemy here."""
    driver: Any = connection.dialect.loaded_dbapi
    return driver.Error
