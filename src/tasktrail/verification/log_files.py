"""Logs: those of attempts that ended are closed, whole, and as large as the record says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasktrail.logs.frame import GAP, SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.place import LogPlace
from tasktrail.logs.run import DamagedPayloadError
from tasktrail.logs.segment import SegmentBuilder
from tasktrail.model.step import Attempt, LogSummary
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord


def wrong_logs(record: TaskRecord, place: LogPlace) -> Iterator[Finding]:
    """What is wrong with the logs of the attempts of a task that have ended. Reads all of them."""
    for _, step in record.steps():
        for attempt in record.attempts_of(step):
            if attempt.ended_at is None:
                continue
            path = place.path(record.task.id, step.id, attempt.number)
            wrong = _wrong(attempt, path)
            if wrong is not None:
                what = f"the log of attempt {attempt.number} at {step.name} ({path.name})"
                yield Finding(Invariant.LOGS, f"{what} {wrong}", record.task.id)


def _wrong(attempt: Attempt, path: Path) -> str | None:
    kept = attempt.log or LogSummary()
    source = FrameSource(path)
    try:
        if not source.refresh():
            return "is missing" if kept.bytes else None
        return _wrong_frames(source, kept)
    finally:
        source.close()


def _wrong_frames(source: FrameSource, kept: LogSummary) -> str | None:
    builder, sealed = SegmentBuilder(), False
    try:
        for frame in source.frames(0, 1):
            if frame.codec == GAP:
                return f"has a gap at offset {frame.offset}"
            source.runs(frame)
            builder.add(frame)
            sealed = bool(frame.flags & SEAL)
    except DamagedPayloadError:
        return f"is damaged behind offset {builder.frontier}"
    if not sealed or builder.frontier != source.size:
        return "was not closed"
    lines = builder.next_line - 1
    if (builder.byte_count, lines) != (kept.bytes, kept.lines):
        return (
            f"has {builder.byte_count} bytes and {lines} lines;"
            f" the record says {kept.bytes} and {kept.lines}"
        )
    return None
