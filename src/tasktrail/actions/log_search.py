"""Searching the logs of a task."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from tasktrail.actions.log_block import LEVELS, AttemptLog, name_log
from tasktrail.actions.logs import Extents, LogReading
from tasktrail.logs.pattern import Pattern
from tasktrail.logs.search import Found, count_hits, search
from tasktrail.model.instant import to_rfc3339


class SearchedLogs:
    """The logs in which something is looked for, beside the event loop. A search that nobody reads
    any more ends within a moment."""

    def __init__(self, reading: LogReading, task_id: int, extents: Extents) -> None:
        self._reading = reading
        self._task_id = task_id
        self._extents = extents

    async def find(self, pattern: Pattern, context: int) -> AsyncGenerator[dict[str, Any]]:
        """The lines with hits and `context` lines around them, in blocks, as they are found."""
        async with aclosing(self._reading.beside_loop(self._find(pattern, context))) as blocks:
            async for block in blocks:
                if block is not None:
                    yield block

    async def count(self, pattern: Pattern) -> AsyncGenerator[dict[str, Any]]:
        """How many lines have hits, log by log."""
        async with aclosing(self._reading.beside_loop(self._count(pattern))) as blocks:
            async for block in blocks:
                if block is not None:
                    yield block

    def _find(self, pattern: Pattern, context: int) -> Iterator[dict[str, Any] | None]:
        for log, extent in self._extents.items():
            with self._reading.open(self._task_id, log) as reader:
                for found in search(reader, pattern, extent, context=context):
                    yield _present(log, found) if found else None

    def _count(self, pattern: Pattern) -> Iterator[dict[str, Any] | None]:
        for log, extent in self._extents.items():
            total = 0
            with self._reading.open(self._task_id, log) as reader:
                for count in count_hits(reader, pattern, extent):
                    total += count
                    yield None
            yield {"type": "count", **name_log(log), "count": total}


def _present(log: AttemptLog, found: list[Found]) -> dict[str, Any]:
    return {"type": "found", **name_log(log), "lines": [_present_line(one) for one in found]}


def _present_line(found: Found) -> dict[str, Any]:
    line = found.line
    shown: dict[str, Any] = {
        "line": line.number,
        "level": LEVELS.get(line.stream, "stdout"),
        "time": to_rfc3339(line.time),
        "text": line.decode(),
    }
    if found.hit is not None:
        # Offsets of characters, as readers of the text count.
        start, end = (len(line.text[:at].decode("utf-8", "replace")) for at in found.hit)
        shown["hit"] = [start, end]
    return shown
