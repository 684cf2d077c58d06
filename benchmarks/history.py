"""A data directory with a long history: tasks that really ran, and copies of their rows.

Each thousand has ids of its own and lies an hour after the one before; the last one ended now. The
columns are those of the schema, so that none is forgotten when it grows.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Column, Table

from benchmarks.contest import progress
from benchmarks.contract import Work
from benchmarks.ours import opened
from benchmarks.turn import BENCH
from tasktrail.store.tables import metadata

_SEED = {"nothing": 600, "shell": 350, "failing": 50}
"""Tasks that really run, by what they do."""

_ID_COLUMNS = {
    "origin_task_id": "tasks",
    "repeated_task_id": "tasks",
    "origin_step_id": "steps",
    "task_id": "tasks",
    "job_id": "jobs",
    "step_id": "steps",
}
_HOUR = 3_600_000_000
"""Microseconds."""

_SHARED = frozenset({"organizations", "projects"})
"""Tables that all tasks refer to."""


def prepared(tasks: int) -> Path:
    """The directory of an entrant whose data directory holds about that many finished tasks.

    It is made once, which takes a few minutes for a million, and kept.
    """
    directory = BENCH / f"history-{tasks}"
    complete = directory / "complete"
    if not complete.exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        _run_seed(directory)
        _multiply(directory / "data" / "tasktrail.db", tasks // sum(_SEED.values()))
        complete.touch()
    return directory


def _run_seed(directory: Path) -> None:
    with opened(directory) as ours:
        for function, count in _SEED.items():
            ours.submit(Work(function), count)
        ours.wait()


def _multiply(database: Path, times: int) -> None:
    tables = [table for table in metadata.sorted_tables if table.name not in _SHARED]
    with (
        closing(sqlite3.connect(database, isolation_level=None)) as connection,
        progress(len(tables)) as begin,
    ):
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TEMP TABLE copies (copy INTEGER PRIMARY KEY)")
        numbers = ((number,) for number in range(1, times))
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO copies VALUES (?)", numbers)
        strides = {table.name: _last_id(connection, table) for table in tables}
        for table in tables:
            begin(table.name)
            _set_back(connection, table, times)
            connection.execute(_copy(table, strides))
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _last_id(connection: sqlite3.Connection, table: Table) -> int:
    if "id" not in table.columns:
        return 0
    (last,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()  # noqa: S608 - a name of ours
    return int(last)


def _set_back(connection: sqlite3.Connection, table: Table, hours: int) -> None:
    """Let the tasks that really ran be the first of all."""
    for column in filter(_is_time, table.columns):
        connection.execute(
            f'UPDATE {table.name} SET "{column.name}" = "{column.name}" - ?',  # noqa: S608 - names of ours
            (hours * _HOUR,),
        )


def _is_time(column: Column[int]) -> bool:
    return column.name == "at" or column.name.endswith("_at")


def _copy(table: Table, strides: dict[str, int]) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_values(table, strides))
    order = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {values} FROM copies "  # noqa: S608 - names of ours
        f"CROSS JOIN (SELECT * FROM {table.name} ORDER BY {order})"
    )


def _values(table: Table, strides: dict[str, int]) -> Iterator[str]:
    for column in table.columns:
        name = f'"{column.name}"'
        stride = _HOUR if _is_time(column) else strides.get(_referred(table, column), 0)
        yield f"{name} + copy * {stride}" if stride else name


def _referred(table: Table, column: Column[int]) -> str:
    return table.name if column.name == "id" else _ID_COLUMNS.get(column.name, "")
