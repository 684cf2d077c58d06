"""The tables of an empty SQLite database, all at once.

The migrations come to the same (a test compares the two), but take ten times as long.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_mock_engine,
)
from sqlalchemy.schema import ExecutableDDLElement

from tasktrail.store.tables import metadata

_revisions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic looks for the revision of a database."""


def lay_out(connection: Connection, revision: str) -> None:
    """Make the tables as they are at `revision`, the newest one. All or nothing.

    The connection is in autocommit mode, so the transaction is opened by statement.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    for statement in _statements():
        connection.exec_driver_sql(statement)
    connection.execute(_revisions.insert().values(version_num=revision))
    connection.exec_driver_sql("COMMIT")


@cache
def _statements() -> tuple[str, ...]:
    """What makes the tables. To find that out takes as long as to make them: once is enough."""
    found: list[str] = []

    def note(statement: ExecutableDDLElement, *_: object, **__: object) -> None:
        found.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine("sqlite://", note)
    metadata.create_all(engine, checkfirst=False)
    _revisions.create(engine, checkfirst=False)
    return tuple(found)
