"""Log lines as JSON: many in one object, so that a long log costs little per line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasktrail.logs.line import Stretch
from tasktrail.logs.line_range import Extent
from tasktrail.logs.reader import LogReader
from tasktrail.model.instant import to_rfc3339

LEVELS = {1: "stdout", 2: "stderr", 3: "system"}
"""What the streams of a log are called."""

_BLOCK = 192 * 1024
"""Bytes of text after which a block is complete."""


@dataclass(frozen=True, slots=True)
class AttemptLog:
    """The log of one attempt, by what names it. Once it `ended`, all of the log is there."""

    step_id: int
    attempt: int
    job: str
    step: str
    ended: bool


def read_blocks(log: AttemptLog, reader: LogReader, extent: Extent) -> Iterator[dict[str, Any]]:
    """The lines of `extent` that there are, in blocks of some hundred KiB."""
    gathered: list[Stretch] = []
    size = 0
    for stretch in reader.stretches(extent.start, extent.end):
        gathered.append(stretch)
        size += len(stretch.text)
        if size >= _BLOCK:
            yield present_block(log, gathered)
            gathered, size = [], 0
    if gathered:
        yield present_block(log, gathered)


def present_block(log: AttemptLog, stretches: Sequence[Stretch]) -> dict[str, Any]:
    """Consecutive lines: `text` holds them all, a newline between each two; `runs` tells how many
    of them are of which stream and time."""
    text = b"\n".join([stretch.text for stretch in stretches])
    return {
        "type": "lines",
        **name_log(log),
        "line": stretches[0].first,
        "text": text.decode("utf-8", "replace"),
        "runs": [
            {
                "count": stretch.line_count,
                "level": LEVELS.get(stretch.stream, "stdout"),
                "time": to_rfc3339(stretch.time),
                **({"damaged": True} if stretch.damaged else {}),
            }
            for stretch in stretches
        ],
    }


def next_line(block: dict[str, Any]) -> int:
    """The number of the line after those of a block."""
    return block["line"] + sum(run["count"] for run in block["runs"])


def present_open_text(log: AttemptLog, stream: int, text: str) -> dict[str, Any]:
    """What `stream` has written of its open line since the last time."""
    return {"type": "open", **name_log(log), "level": LEVELS.get(stream, "stdout"), "text": text}


def name_log(log: AttemptLog) -> dict[str, Any]:
    """What names a log."""
    return {"job": log.job, "step": log.step, "stepId": log.step_id, "attempt": log.attempt}
