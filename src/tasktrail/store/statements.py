"""Statements for many rows: plain text with `?` for values, made once.

A statement that writes many rows at once costs SQLite half the time of one for each row, and the
writer thread gives up the interpreter once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

Values = tuple[Any, ...]

_CHUNKS = (32, 8, 1)
"""Rows that are written together: few sizes, so that SQLite need not prepare many statements."""


class Statement(Protocol):
    """Writes rows to one table."""

    def for_rows(self, count: int) -> str:
        """The text for `count` rows, whose values follow one after another."""
        ...


@dataclass(frozen=True, eq=False)
class Insert:
    """Puts new rows into a table."""

    table: str
    columns: tuple[str, ...]

    @cache  # noqa: B019 - there are a dozen statements, and they live as long as the program
    def for_rows(self, count: int) -> str:
        """See `Statement`."""
        columns = ", ".join(f'"{name}"' for name in self.columns)
        places = _places(len(self.columns), count)
        return f"INSERT INTO {self.table} ({columns}) VALUES {places}"  # noqa: S608 - names of ours


@dataclass(frozen=True, eq=False)
class GuardedUpdate:
    """Changes rows that still have the status that a decision started from (compare and set).

    The values are those of `columns`, of `key`, and that status. An index none of whose columns is
    among `columns` is not touched.
    """

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @cache  # noqa: B019 - see above
    def for_rows(self, count: int) -> str:
        """See `Statement`."""
        guards = (*self.key, "status")
        if count == 1:
            settings = ", ".join(f"{name} = ?" for name in self.columns)
            where = " AND ".join(f"{name} = ?" for name in guards)
            return f"UPDATE {self.table} SET {settings} WHERE {where}"  # noqa: S608 - names of ours
        names = _numbered(self.columns, 1)
        settings = ", ".join(f"{name} = new.{value}" for name, value in names)
        where = " AND ".join(
            f"{self.table}.{name} = new.{value}"
            for name, value in _numbered(guards, 1 + len(self.columns))
        )
        places = _places(len(self.columns) + len(guards), count)
        return f"UPDATE {self.table} SET {settings} FROM (VALUES {places}) AS new WHERE {where}"  # noqa: S608 - names of ours


Batch = Sequence[tuple[Statement, list[Values]]]
"""Statements, each with the rows that it is for, in their order."""

Execute = Callable[[Batch], list[int]]
"""Executes statements, each for each of its rows, in the open transaction of a database; returns
how many rows each has written in all."""


def in_chunks(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    """`rows` in few parts, each of one of few sizes."""
    start = 0
    for size in _CHUNKS:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


def _places(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


def _numbered(names: tuple[str, ...], first: int) -> Iterator[tuple[str, str]]:
    """Names with those that SQLite gives to the columns of VALUES."""
    return ((name, f"column{number}") for number, name in enumerate(names, first))
