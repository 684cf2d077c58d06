"""Tables of what moves from one database to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tasktrail.cli.tables import Column, filled_table

if TYPE_CHECKING:
    from tasktrail.store.table_content import TableContent

_DIGITS = 16


def plan_table(rows: Mapping[str, int], width: int) -> Table | Group:
    """How many rows there are of each table."""
    cells = ([Text(name), Text(str(count))] for name, count in rows.items())
    return filled_table((Column("TABLE"), Column("ROWS", right=True)), cells, width)


def moved_table(tables: Iterable[TableContent], width: int) -> Table | Group:
    """What is in each table now, and that it was there before."""
    columns = (
        Column("TABLE"),
        Column("ROWS", right=True),
        Column("SHA-256", from_width=60),
        Column("COMPARED"),
    )
    cells = (
        [
            Text(table.table),
            Text(str(table.rows)),
            Text(table.digest[:_DIGITS]),
            Text("✓ the same", "green"),
        ]
        for table in tables
    )
    return filled_table(columns, cells, width)
