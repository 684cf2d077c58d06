"""What tables hold, row by row, in a form that is the same from every database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Table, Text, collate, func, select

from tasktrail.store.tables import metadata

Rows = Sequence[tuple[Any, ...]]

_AT_ONCE = 2000
_LEFT_OUT = {"task_segments", "task_facets", "task_leftovers", "outbox", "settings"}
_encoder = msgspec.json.Encoder()


class TableContent(NamedTuple):
    """How many rows a table has, and the SHA-256 of all of them."""

    table: str
    rows: int
    digest: str


def kept_tables() -> list[Table]:
    """The tables that hold what is known, those first to which others point.

    Not those of the segments: an engine writes them from the others, and what they say of a text in
    small letters is as its database says it. Nor what the processes of a database settle for it.
    """
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def row_count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def rows_of(connection: Connection, table: Table) -> Iterator[Rows]:
    """All rows of a table with all columns, some at a time, in the order of its key."""
    query = select(*table.c).order_by(*_key(connection, table))
    found = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for some in found.partitions():
        yield [tuple(row) for row in some]


class Summing:
    """Sums up the rows of a table, however they are divided."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows = 0
        self._digest = hashlib.sha256()

    @property
    def content(self) -> TableContent:
        """What has come so far."""
        return TableContent(str(self._table.name), self._rows, self._digest.hexdigest())

    def take(self, rows: Rows) -> None:
        """Add some rows: each a line of JSON, with bytes in Base64."""
        self._rows += len(rows)
        self._digest.update(_encoder.encode_lines(rows))


def digest_of(contents: Iterable[TableContent]) -> str:
    """One digest for the content of many tables, in their order."""
    lines = _encoder.encode_lines([tuple(content) for content in contents])
    return hashlib.sha256(lines).hexdigest()


def _key(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """The key of a table, compared byte by byte whatever the database compares texts by."""
    exact = "C" if connection.dialect.name == "postgresql" else "BINARY"

    def comparable(column: Column[Any]) -> ColumnElement[Any]:
        return collate(column, exact) if isinstance(column.type, Text) else column

    return [comparable(column) for column in table.primary_key]
