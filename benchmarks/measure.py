"""Numbers as people and programs read them: medians, a table, one line of JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from statistics import median, quantiles


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` (1 to 99) of at least two values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Sequence[float]) -> str:
    """The smallest and the largest of the rounds."""
    return f"{number(min(values))} - {number(max(values))}"


def number(value: float) -> str:
    """With three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def medians(rounds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median of each."""
    return {name: round(median(values), 4) for name, values in rounds.items()}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns: the first and the last are texts, the others numbers."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    drawn = [_line(line, widths) for line in lines]
    return "\n".join([drawn[0], "-" * max(map(len, drawn)), *drawn[1:]])


def machine() -> str:
    """What was measured on."""
    return (
        f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def json_line(figure: str, **figures: object) -> str:
    """The last line of a benchmark."""
    return json.dumps({"figure": figure, "machine": machine(), **figures})


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers, last = cells
    middle = (cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True))
    return "  ".join([first.ljust(widths[0]), *middle, last]).rstrip()
