"""Logs: those of attempts that ended are closed, whole, and as large as the record says.

A log that is not here must be recorded as sent to a store, where it was compared, or as removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tasktrail.logs.frame import GAP, SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.place import LogPlace
from tasktrail.logs.run import DamagedPayloadError
from tasktrail.logs.segment import SegmentBuilder
from tasktrail.model.step import LogSummary
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.task_record import TaskRecord


@dataclass(frozen=True, slots=True)
class MissingLog:
    """A log that is not in the data directory, and what is wrong if it is nowhere else either."""

    step_id: int
    attempt: int
    finding: Finding


def wrong_logs(record: TaskRecord, place: LogPlace) -> Iterator[Finding | MissingLog]:
    """What is wrong with the logs of the attempts of a task that have ended. Reads all of them."""
    for _, step in record.steps():
        for attempt in record.attempts_of(step):
            if attempt.ended_at is None:
                continue
            path = place.path(record.task.id, step.id, attempt.number)
            what = f"the log of attempt {attempt.number} at {step.name} ({path.name})"
            kept = attempt.log or LogSummary()
            source = FrameSource(path)
            try:
                if source.refresh():
                    wrong = _wrong_frames(source, kept)
                    if wrong is not None:
                        yield Finding(Invariant.LOGS, f"{what} {wrong}", record.task.id)
                elif kept.bytes:
                    finding = Finding(Invariant.LOGS, f"{what} is missing", record.task.id)
                    yield MissingLog(step.id, attempt.number, finding)
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
