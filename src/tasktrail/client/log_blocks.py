"""Lines of the REST API as the items that the operations on logs give."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from tasktrail.client.selected_logs import RemoteLog

Line = dict[str, Any]
"""A line as the API gives it."""


def line_block(log: RemoteLog, lines: list[Line]) -> dict[str, object]:
    """Consecutive lines of a log, at least one: a `LogLines`."""
    runs = groupby(lines, lambda line: (line["level"], line["time"], line.get("damaged", False)))
    return {
        "type": "lines",
        "job": log.job,
        "step": log.step,
        "stepId": log.step_id,
        "attempt": log.attempt,
        "line": lines[0]["line"],
        "text": "\n".join(line["text"] for line in lines),
        "runs": [
            {"count": len(list(same)), "level": level, "time": time, "damaged": damaged}
            for (level, time, damaged), same in runs
        ],
    }


def found_blocks(items: list[Line]) -> Iterator[dict[str, object]]:
    """What a search found: a `FoundLines` for each log."""
    for (job, step, step_id, attempt), lines in _by_log(items):
        keys = ("line", "text", "level", "time", "hit")
        yield {
            "type": "found",
            "job": job,
            "step": step,
            "stepId": step_id,
            "attempt": attempt,
            "lines": [{key: line[key] for key in keys} for line in lines],
        }


def hit_counts(items: list[Line]) -> Iterator[dict[str, object]]:
    """In how many lines of each log something was found: a `HitCount` each."""
    for (job, step, step_id, attempt), lines in _by_log(items):
        yield {
            "type": "count",
            "job": job,
            "step": step,
            "stepId": step_id,
            "attempt": attempt,
            "count": sum(line["hit"] is not None for line in lines),
        }


def _by_log(items: list[Line]) -> Iterator[tuple[tuple[str, str, int, int], Iterator[Line]]]:
    return groupby(items, lambda line: (line["job"], line["step"], line["stepId"], line["attempt"]))
