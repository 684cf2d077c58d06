"""Repairs the log of an attempt that was running when its writer was killed."""

from __future__ import annotations

import os
from pathlib import Path

from tasktrail.logs.appender import FrameAppender
from tasktrail.logs.compaction import draft_path, persist
from tasktrail.logs.frame import LOSSY, SEAL, Frame
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.line import LAST_STREAM
from tasktrail.logs.run import DamagedPayloadError, Run
from tasktrail.logs.segment import Segment, SegmentBuilder, index_path, replace_index
from tasktrail.model.instant import Instant
from tasktrail.model.step import LogSummary


def recover(path: Path, *, compacts: bool = True) -> LogSummary:
    """Cut off the torn end of the log at `path`, complete its open lines and seal it.

    A log that is sealed already stays as it is; where there is none, or no whole frame, the result
    is empty and no file is left. Idempotent; no writer may have the log open. Without `compacts`
    what is whole stays where it stands.

    Raises:
        OSError: the disk did not take the repair; it can be tried again.
    """
    _remove_drafts(path)
    source = FrameSource(path)
    try:
        if not source.refresh():
            return LogSummary()
        survey = _survey(source)
    finally:
        source.close()
    if not survey.frame_count:
        path.unlink()
        index_path(path).unlink(missing_ok=True)
        return LogSummary()
    if not survey.sealed:
        _seal(path, survey, compacts=compacts)
    return LogSummary(
        bytes=survey.builder.byte_count,
        lines=survey.builder.next_line - 1,
        truncated=survey.lossy,
    )


class _Survey:
    """What the frames of a log say."""

    def __init__(self) -> None:
        self.builder = SegmentBuilder()
        self.segments: list[Segment] = []
        self.open: dict[int, Instant] = {}
        """Streams with an open line, and when it was last added to."""
        self.log_id = 0
        self.time = Instant(0)
        self.frame_count = 0
        self.sealed = False
        self.lossy = False

    def add(self, frame: Frame, runs: list[Run] | None) -> None:
        segment = self.builder.add(frame)
        if segment is not None:
            self.segments.append(segment)
        self.frame_count += 1
        self.log_id, self.time = frame.log_id, frame.time
        self.sealed = bool(frame.flags & SEAL)
        self.lossy = self.lossy or runs is None or bool(frame.flags & LOSSY)
        if runs is None:
            self._forget_open(frame)
        for run in runs or ():
            self._take(run)

    def _take(self, run: Run) -> None:
        if run.broken or run.text.endswith(b"\n"):
            self.open.pop(run.stream, None)
        if run.text and not run.text.endswith(b"\n"):
            self.open[run.stream] = run.time

    def _forget_open(self, frame: Frame) -> None:
        """As readers do: a damaged frame ends what was open on its streams."""
        for stream in range(1, LAST_STREAM + 1):
            if not frame.streams or frame.streams >> stream & 1:
                self.open.pop(stream, None)


def _survey(source: FrameSource) -> _Survey:
    """Read all frames up to the last one that is whole."""
    survey = _Survey()
    doubtful: list[Frame] = []
    for frame in source.frames(0, 1):
        try:
            runs = source.runs(frame)
        except DamagedPayloadError:
            doubtful.append(frame)
            continue
        for damaged in doubtful:
            survey.add(damaged, None)
        doubtful.clear()
        survey.add(frame, runs)
    return survey


def _seal(path: Path, survey: _Survey, *, compacts: bool) -> None:
    os.truncate(path, survey.builder.frontier)
    replace_index(path, survey.segments)
    appender = FrameAppender(path, survey.log_id, survey.builder, survey.frame_count)
    endings = [
        Run(stream, time, broken=True, text=b"") for stream, time in sorted(survey.open.items())
    ]
    flags = SEAL | (LOSSY if survey.lossy else 0)
    try:
        appender.append(endings, flags=flags, time=survey.time)
        if compacts:
            persist(path, appender)
        else:
            appender.sync()
    finally:
        appender.close()


def _remove_drafts(path: Path) -> None:
    draft = draft_path(path)
    for leftover in (draft, index_path(draft), draft_path(index_path(path))):
        leftover.unlink(missing_ok=True)
