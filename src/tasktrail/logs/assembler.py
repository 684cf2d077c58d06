"""Puts lines together from frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tasktrail.logs.frame import Frame
from tasktrail.logs.line import LAST_STREAM, Line
from tasktrail.logs.run import Run
from tasktrail.model.instant import Instant
from tasktrail.model.stream import Stream

_DAMAGED = b"[tasktrail] this line cannot be read: the log file is damaged here"


class Head(NamedTuple):
    """The beginning of a line that lies before the frames one started with."""

    text: bytes
    damaged: bool


class LineAssembler:
    """Takes frames in order and gives the lines that they complete, from line `wanted` on.

    `next_line` is the number of the next line to be completed. When it does not start with the
    first frame, `head` is asked for what came before, only for lines that are wanted.
    """

    def __init__(
        self, next_line: int, wanted: int, head: Callable[[int], Head] | None = None
    ) -> None:
        self._next_line = next_line
        self._wanted = wanted
        self._head = head
        self._open: dict[int, bytearray] = {}
        self._rooted: set[int] = set()
        """Streams of which the beginning of the open line is known."""
        self._tainted: set[int] = set()
        """Streams of which the open line may lack bytes."""

    def take(self, runs: list[Run]) -> list[Line]:
        """The lines that the runs of the next frame complete."""
        lines: list[Line] = []
        for run in runs:
            if run.broken:
                self._complete(run, [b""], lines)
            pieces = run.text.split(b"\n")
            rest = pieces.pop()
            if pieces:
                self._complete(run, pieces, lines)
            if rest:
                self._open.setdefault(run.stream, bytearray()).extend(rest)
        return lines

    def take_damaged(self, frame: Frame) -> list[Line]:
        """Stand-ins for the lines that ended in a frame that cannot be read."""
        streams = [s for s in range(1, LAST_STREAM + 1) if frame.streams >> s & 1]
        for stream in streams or range(1, LAST_STREAM + 1):
            self._open.pop(stream, None)
            self._rooted.add(stream)
            self._tainted.add(stream)
        first = max(frame.first_line, self._wanted)
        self._next_line = frame.next_line
        source = streams[0] if len(streams) == 1 else Stream.SYSTEM
        return [
            Line(number, source, frame.time, _DAMAGED, damaged=True)
            for number in range(first, frame.next_line)
        ]

    def _complete(self, run: Run, pieces: list[bytes], lines: list[Line]) -> None:
        first = self._next_line
        self._next_line += len(pieces)
        damaged = self._finish_first(run.stream, pieces, wanted=first >= self._wanted)
        time = run.time
        if first < self._wanted:
            pieces = pieces[self._wanted - first :]
            first = self._wanted
            damaged = False
        if damaged:
            lines.append(Line(first, run.stream, time, pieces.pop(0), damaged=True))
            first += 1
        lines.extend(_lines(first, run.stream, time, pieces))

    def _finish_first(self, stream: int, pieces: list[bytes], *, wanted: bool) -> bool:
        """Put what was open on the stream before the first of `pieces`; whether it is damaged."""
        damaged = stream in self._tainted
        self._tainted.discard(stream)
        begun = bytes(self._open.pop(stream, b""))
        if stream not in self._rooted:
            self._rooted.add(stream)
            if wanted and self._head is not None:
                head = self._head(stream)
                begun = head.text + begun
                damaged = damaged or head.damaged
        if begun:
            pieces[0] = begun + pieces[0]
        return damaged


def _lines(first: int, stream: int, time: Instant, texts: list[bytes]) -> list[Line]:
    return [Line(number, stream, time, text) for number, text in enumerate(texts, first)]
