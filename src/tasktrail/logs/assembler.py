"""Puts lines together from frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tasktrail.logs.frame import Frame
from tasktrail.logs.line import LAST_STREAM, Stretch
from tasktrail.logs.run import Run
from tasktrail.model.instant import Instant
from tasktrail.model.stream import Stream

_DAMAGED = b"[tasktrail] this line cannot be read: the log file is damaged here"

_STAND_INS = 1000


class Head(NamedTuple):
    """The beginning of a line that lies before the frames one started with."""

    text: bytes
    damaged: bool


class LineAssembler:
    """Takes frames in order and gives the lines that they complete, from line `wanted` on.

    It works on stretches of lines, so that a long log costs no object per line.

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

    def take(self, runs: list[Run]) -> list[Stretch]:
        """The lines that the runs of the next frame complete."""
        stretches: list[Stretch] = []
        for run in runs:
            if run.broken:
                self._complete(run, b"", 1, stretches)
            newline = run.text.rfind(b"\n")
            if newline >= 0:
                self._complete(run, run.text[:newline], run.text.count(b"\n"), stretches)
            if newline + 1 < len(run.text):
                self._open.setdefault(run.stream, bytearray()).extend(run.text[newline + 1 :])
        return stretches

    def begun(self, stream: int) -> bytes | None:
        """What `stream` has written of the line that is open on it; None when that line may lack
        bytes."""
        if stream not in self._rooted:
            self._root(stream)
        return None if stream in self._tainted else bytes(self._open.get(stream, b""))

    def pass_over(self, stream: int, text: bytes, line_count: int) -> None:
        """Take a frame in which `stream` alone has written `text`, and no line was ended by force,
        without any of its lines."""
        self._next_line += line_count
        newline = text.rfind(b"\n")
        if newline >= 0:
            self._rooted.add(stream)
            self._tainted.discard(stream)
            self._open.pop(stream, None)
        if newline + 1 < len(text):
            self._open.setdefault(stream, bytearray()).extend(text[newline + 1 :])

    def take_damaged(self, frame: Frame) -> list[Stretch]:
        """Stand-ins for the lines that ended in a frame that cannot be read."""
        streams = [s for s in range(1, LAST_STREAM + 1) if frame.streams >> s & 1]
        for stream in streams or range(1, LAST_STREAM + 1):
            self._open.pop(stream, None)
            self._rooted.add(stream)
            self._tainted.add(stream)
        first = max(frame.first_line, self._wanted)
        self._next_line = frame.next_line
        source = streams[0] if len(streams) == 1 else Stream.SYSTEM
        return _stand_ins(first, frame.next_line - first, source, frame.time)

    def open_texts(self) -> dict[int, bytes]:
        """What each stream has written after its last completed line."""
        for stream in range(1, LAST_STREAM + 1):
            if stream not in self._rooted:
                self._root(stream)
        return {stream: bytes(text) for stream, text in self._open.items() if text}

    def _complete(self, run: Run, text: bytes, count: int, stretches: list[Stretch]) -> None:
        first = self._next_line
        self._next_line += count
        begun, damaged = self._take_begun(run.stream, wanted=first >= self._wanted)
        text = begun + text
        if first < self._wanted:
            unwanted = self._wanted - first
            if unwanted >= count:
                return
            first, count, damaged = self._wanted, count - unwanted, False
            text = text.split(b"\n", unwanted)[unwanted]
        if damaged:
            head, _, text = text.partition(b"\n")
            stretches.append(Stretch(first, 1, run.stream, run.time, head, damaged=True))
            first, count = first + 1, count - 1
        if count:
            stretches.append(Stretch(first, count, run.stream, run.time, text))

    def _take_begun(self, stream: int, *, wanted: bool) -> tuple[bytes, bool]:
        """What was open on the stream, to be completed now, and whether it is damaged."""
        if stream not in self._rooted and wanted:
            self._root(stream)
        self._rooted.add(stream)
        damaged = stream in self._tainted
        self._tainted.discard(stream)
        return bytes(self._open.pop(stream, b"")), damaged

    def _root(self, stream: int) -> None:
        """Put what stands before the first frame before what is open on the stream."""
        self._rooted.add(stream)
        if self._head is None:
            return
        head = self._head(stream)
        self._open[stream] = bytearray(head.text) + self._open.get(stream, b"")
        if head.damaged:
            self._tainted.add(stream)


def _stand_ins(first: int, count: int, stream: int, time: Instant) -> list[Stretch]:
    """Lines that cannot be read, as many as are lost; a few at a time, since it may be millions."""
    return [
        Stretch(
            start,
            length := min(_STAND_INS, first + count - start),
            stream,
            time,
            b"\n".join([_DAMAGED] * length),
            damaged=True,
        )
        for start in range(first, first + count, _STAND_INS)
    ]
