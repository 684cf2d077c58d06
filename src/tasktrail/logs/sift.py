"""Goes through a log for few lines of it: frames are decoded and looked through by several threads.

Most frames of a long log hold nothing of what is looked for. For those no line is put together, and
what is done for them is done in compiled code that lets other threads run.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

from tasktrail.logs.assembler import LineAssembler
from tasktrail.logs.frame import GAP, Frame
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.index import LogIndex
from tasktrail.logs.line import Stretch
from tasktrail.logs.run import DamagedPayloadError, PayloadUnpacker, one_text, runs_of

_THREADS = min(os.cpu_count() or 1, 4)
_AHEAD = 3
"""Loads for each thread that wait to be looked through, or to be taken."""
_LOAD_BYTES = 256 * 1024
"""Uncompressed, about: what a thread gets at once."""
_LOAD_FRAMES = 256

Suspects = Callable[[bytes], bool]

_Load = list[tuple[Frame, bytes]]
"""Frames with their payloads as they stand in the file."""


class _Looked(NamedTuple):
    """A frame that was looked at. `raw` is None when it is damaged; `text` of `stream` is all of
    its text when nothing in it is suspected, but for a line that began before it."""

    frame: Frame
    raw: bytes | None
    stream: int = 0
    text: bytes | None = None


def sift(
    source: FrameSource,
    index: LogIndex,
    offset: int,
    line: int,
    assembler: LineAssembler,
    end: int | None,
    suspects: Suspects,
) -> Iterator[list[Stretch]]:
    """See `LogReader.sift`; from the frame at `offset` on, where `line` is the next to end, up to
    that in which line `end` does."""
    frames = _Frames(source, index, offset, line, end)
    for looked in _looked_at(frames.loads(), suspects):
        yield _taken(looked, assembler, suspects)


class _Frames:
    """The frames of a source from some place on, until there are no more, or lines behind `end`."""

    def __init__(
        self, source: FrameSource, index: LogIndex, offset: int, line: int, end: int | None
    ) -> None:
        self._source = source
        self._index = index
        self._offset: int = offset
        self._line: int = line
        self._end = end

    def loads(self) -> Iterator[_Load]:
        """All of them, in loads for a thread."""
        load: _Load = []
        size = 0
        for frame in self._all():
            load.append((frame, self._source.stored(frame)))
            size += frame.raw_length
            if size >= _LOAD_BYTES or len(load) >= _LOAD_FRAMES:
                yield load
                load, size = [], 0
        if load:
            yield load

    def _all(self) -> Iterator[Frame]:
        """As `LogCursor`: what was added meanwhile is looked for once the end was reached."""
        while True:
            begun = self._offset
            for frame in self._index.frames(self._offset, self._line):
                if self._end is not None and frame.first_line > self._end:
                    return
                self._offset, self._line = frame.end, frame.next_line
                yield frame
            if self._offset == begun or not self._source.refresh():
                return


def _looked_at(loads: Iterator[_Load], suspects: Suspects) -> Iterator[_Looked]:
    """The frames of `loads` in their order; a single load is not worth a thread."""
    look = _Look(suspects)
    begun = list(islice(loads, 2))
    if len(begun) < 2:
        for load in begun:
            yield from look(load)
        return
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="log-sift") as threads:
        waiting: deque[Future[list[_Looked]]] = deque()
        try:
            for load in _chained(begun, loads):
                waiting.append(threads.submit(look, load))
                while waiting and (waiting[0].done() or len(waiting) > _AHEAD * _THREADS):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Look:
    """Decodes frames and looks through them; called by any thread."""

    def __init__(self, suspects: Suspects) -> None:
        self._suspects = suspects
        self._own = threading.local()

    def __call__(self, load: _Load) -> list[_Looked]:
        return [self._at(frame, stored) for frame, stored in load]

    def _at(self, frame: Frame, stored: bytes) -> _Looked:
        try:
            raw = self._raw(frame, stored)
        except DamagedPayloadError:
            return _Looked(frame, None)
        written = one_text(frame, raw)
        if written is None or self._suspects(written[1]):
            return _Looked(frame, raw)
        return _Looked(frame, raw, *written)

    def _raw(self, frame: Frame, stored: bytes) -> bytes:
        if frame.codec == GAP:
            raise DamagedPayloadError
        unpacker = getattr(self._own, "unpacker", None)
        if unpacker is None:
            unpacker = self._own.unpacker = PayloadUnpacker()
        return unpacker.raw(frame, stored)


def _taken(looked: _Looked, assembler: LineAssembler, suspects: Suspects) -> list[Stretch]:
    frame, raw, stream, text = looked
    if raw is None:
        return assembler.take_damaged(frame)
    if text is not None and _begun_in_vain(stream, text, assembler, suspects):
        assembler.pass_over(stream, text, frame.line_count)
        return []
    try:
        return assembler.take(runs_of(frame, raw))
    except DamagedPayloadError:
        return assembler.take_damaged(frame)


def _begun_in_vain(stream: int, text: bytes, assembler: LineAssembler, suspects: Suspects) -> bool:
    """Whether the line that began before `text` and ends in it, if there is one, is whole and not
    suspected."""
    begun = assembler.begun(stream)
    newline = text.find(b"\n")
    if begun is None:
        return False
    return newline < 0 or not begun or not suspects(begun + text[:newline])


def _chained(begun: Iterable[_Load], loads: Iterator[_Load]) -> Iterator[_Load]:
    yield from begun
    yield from loads
