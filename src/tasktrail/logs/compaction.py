"""Rewrites a sealed log of many small frames with few large ones; what readers get stays as it was.

Runs are kept in their order with their streams and times. A run is joined to the one before it
only where no line can tell: same stream, no forced end between, and the earlier one ends no line
or has the same time.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.appender import FrameAppender, sync_directory
from tasktrail.logs.frame import MAX_RUNS, MAX_TEXT, SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.run import DamagedPayloadError, Run
from tasktrail.logs.segment import SEGMENT_FRAMES, index_path
from tasktrail.model.instant import Instant

_SMALL = 16 * 1024


def worth_compacting(frame_count: int, byte_count: int) -> bool:
    """Whether a log has so many and so small frames that rewriting it pays."""
    return frame_count > SEGMENT_FRAMES and byte_count < frame_count * _SMALL


def draft_path(log: Path) -> Path:
    """Where the new version of a log is written; a crash may leave it behind."""
    return log.with_name(log.name + ".new")


def persist(path: Path, appender: FrameAppender) -> None:
    """Bring a log that `appender` has just sealed to the disk, compacted where that pays.

    Raises:
        OSError: the disk did not take it.
    """
    if worth_compacting(appender.frame_count, appender.byte_count):
        with contextlib.suppress(OSError):  # then it stays as it is
            if compact(path):
                return
    appender.sync()


def compact(path: Path) -> bool:
    """Rewrite the sealed log at `path`; whether it was, for a damaged one is left as it is.

    A crash at any moment leaves the old log or the new one, complete; at worst without its side
    index. On return the log is on the disk.

    Raises:
        OSError: the disk did not take it; the old log is still there.
    """
    draft = draft_path(path)
    _remove(draft)
    source = FrameSource(path)
    appender = FrameAppender(draft)
    try:
        source.refresh()
        if not _copy(source, appender):
            return False
        appender.sync()
    except DamagedPayloadError:
        return False
    else:
        index_path(path).unlink(missing_ok=True)
        reach(Failpoint.LOG_COMPACTED)
        draft.replace(path)
        reach(Failpoint.LOG_REPLACED)
        if index_path(draft).exists():
            index_path(draft).replace(index_path(path))
        sync_directory(path.parent)
        return True
    finally:
        appender.close()
        source.close()
        _remove(draft)


def _copy(source: FrameSource, appender: FrameAppender) -> bool:
    """Copy all frames; whether a seal was among them, without which nothing may be replaced."""
    batch = _Batch()
    for frame in source.frames(0, 1):
        runs = source.runs(frame)
        if frame.flags & SEAL:
            batch.flush(appender)
            appender.append(runs, flags=frame.flags, time=frame.time)
            return True
        for run in runs:
            if not batch.has_room(run):
                batch.flush(appender)
            batch.add(run)
    return False


@dataclass(slots=True)
class _Stretch:
    """A run that is being joined from several."""

    first: Run
    time: Instant
    pieces: list[bytes]
    ends_line: bool

    def joins(self, run: Run) -> bool:
        alike = run.stream == self.first.stream and not run.broken
        return alike and (run.time == self.time or not self.ends_line)

    def join(self, run: Run) -> None:
        self.time = run.time
        self.pieces.append(run.text)
        self.ends_line = self.ends_line or run.line_count > 0

    def joined(self) -> Run:
        return self.first._replace(time=self.time, text=b"".join(self.pieces))


class _Batch:
    """Runs that become one frame."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._size = 0

    def has_room(self, run: Run) -> bool:
        return len(self._stretches) < MAX_RUNS and self._size + len(run.text) <= MAX_TEXT

    def add(self, run: Run) -> None:
        self._size += len(run.text)
        if self._stretches and self._stretches[-1].joins(run):
            self._stretches[-1].join(run)
        else:
            self._stretches.append(_Stretch(run, run.time, [run.text], run.line_count > 0))

    def flush(self, appender: FrameAppender) -> None:
        if self._stretches:
            runs = [stretch.joined() for stretch in self._stretches]
            appender.append(runs, time=runs[-1].time)
            self._stretches.clear()
            self._size = 0


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    index_path(draft).unlink(missing_ok=True)
