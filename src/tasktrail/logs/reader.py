"""Reads the log of one attempt, while it grows and when it is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tasktrail.errors import LogDamagedError
from tasktrail.logs.assembler import Head, LineAssembler
from tasktrail.logs.cursor import LogCursor
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.index import LogIndex
from tasktrail.logs.line import Line, Stretch
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.run import DamagedPayloadError
from tasktrail.logs.sift import sift
from tasktrail.model.instant import Instant


class LogReader:
    """Reads a log, by its path or wherever else it is; a file that does not exist is an empty log.

    Every call sees what is on disk at that moment. Only completed lines are lines: what a stream
    has written after its last newline becomes one when the log is sealed. Damage never stops lines
    from being read: those that are lost or incomplete are marked as `damaged`, and keep their
    numbers. Memory is bounded whatever the size of the log. Not to be shared between threads.
    """

    def __init__(self, file: Path | LogFile) -> None:
        self._source = FrameSource(file)
        self._index = LogIndex(self._source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    @property
    def line_count(self) -> int:
        """Lines completed so far; the number of the last one."""
        self._index.refresh()
        return self._index.line_count

    @property
    def size(self) -> int:
        """Bytes of text so far, uncompressed."""
        self._index.refresh()
        return self._index.byte_count

    @property
    def sealed(self) -> bool:
        """Whether the log is finished: nothing will be added to it."""
        self._index.refresh()
        return self._index.sealed

    @property
    def lossy(self) -> bool:
        """Whether the log is finished and says that output is missing."""
        self._index.refresh()
        return self._index.lossy

    def lines(self, start: int = 1, end: int | None = None) -> Iterator[Line]:
        """The lines numbered `start` to `end`, both included, as far as they exist."""
        for stretch in self.stretches(start, end):
            yield from stretch.lines()

    def stretches(self, start: int = 1, end: int | None = None) -> Iterator[Stretch]:
        """Like `lines`, without an object for each line."""
        cursor = self.cursor(start)
        while batch := cursor.read_stretches():
            if end is None or batch[-1].last < end:
                yield from batch
                continue
            yield from (cut for stretch in batch if (cut := stretch.until(end)) is not None)
            return

    def first_since(self, time: Instant) -> int:
        """The number of the first line that was completed at `time` or later; when there is none
        yet, of the next line."""
        self._index.refresh()
        for stretch in self.stretches(self._index.line_before(time)):
            if stretch.time >= time:
                return stretch.first
        return self._index.line_count + 1

    def line_before_end(self, length: int) -> int:
        """The number of a line from which on there are about `length` bytes of text at most, or one
        frame."""
        self._index.refresh()
        return self._index.line_before_end(length)

    def tail(self, count: int) -> list[Line]:
        """The last `count` lines."""
        last = self.line_count
        return list(self.lines(last - count + 1, last)) if count > 0 else []

    def cursor(self, start: int = 1) -> LogCursor:
        """Reads from line `start` on, which need not exist yet."""
        return LogCursor(self._source, self._index, *self._beginning(start))

    def sift(
        self, start: int, end: int | None, suspects: Callable[[bytes], bool]
    ) -> Iterator[list[Stretch]]:
        """Like `stretches`, for whoever looks for few lines: frames that hold none of them are left
        out. An empty list stands for these, as a sign that it goes on.

        `suspects` says whether any of these lines is in a text, which may begin and end within a
        line. It is asked by several threads at once.
        """
        for stretches in sift(self._source, self._index, *self._beginning(start), end, suspects):
            if end is not None and stretches and stretches[-1].last > end:
                yield [cut for stretch in stretches if (cut := stretch.until(end)) is not None]
            else:
                yield stretches

    def raw(self, *streams: int) -> Iterator[bytes]:
        """The exact bytes of `streams`, or of all streams, in the order of their arrival.

        Raises:
            LogDamagedError: they cannot be read back; everything before was given.
        """
        self._index.refresh()
        for frame in self._source.frames(0, 1):
            try:
                runs = self._source.runs(frame)
            except DamagedPayloadError as error:
                raise LogDamagedError(frame.offset, frame.first_line) from error
            for run in runs:
                if run.text and (not streams or run.stream in streams):
                    yield run.text

    def _beginning(self, start: int) -> tuple[int, int, LineAssembler]:
        """The offset of the frame in which line `start` ends, the first line that ends there, and
        what puts lines together from there on."""
        start = max(1, start)
        self._index.refresh()
        frame = next(self._index.frames_from(start), None)
        offset = frame.offset if frame else self._index.frontier
        next_line = frame.first_line if frame else self._index.line_count + 1
        assembler = LineAssembler(next_line, start, lambda stream: self._head(offset, stream))
        return offset, next_line, assembler

    def _head(self, offset: int, stream: int) -> Head:
        """What stands before `offset` of the line that is open on `stream` there."""
        pieces: list[bytes] = []
        for frame in self._index.frames_before(offset, stream):
            try:
                runs = self._source.runs(frame)
            except DamagedPayloadError:
                return Head(b"".join(reversed(pieces)), damaged=True)
            for run in reversed(runs):
                if run.stream != stream:
                    continue
                newline = run.text.rfind(b"\n")
                pieces.append(run.text[newline + 1 :])
                if newline >= 0 or run.broken:
                    return Head(b"".join(reversed(pieces)), damaged=False)
        return Head(b"".join(reversed(pieces)), damaged=False)
