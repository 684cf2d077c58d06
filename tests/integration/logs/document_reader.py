"""A reader of logs that was written from docs/log-format.md alone: nothing of Tasktrail is in it.

It is slow and complete: it takes lines from any log, whole, growing, torn or damaged, finds a range
by the index, and says what it holds. What it cannot do the document does not say.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import zstandard

_HEADER = struct.Struct("<4sBBBBIIQqIIIII")
_RUN = struct.Struct("<qIBBH")
_ENTRY = struct.Struct("<IIQQQQqQQI")
_MAGIC = b"TTLF"
_BROKEN, _SEAL, _LOSSY = 1, 2, 4
_MOST_RAW = 294_912


class ReadFrame(NamedTuple):
    """A header, and where it stands."""

    offset: int
    flags: int
    codec: int
    streams: int
    log_id: int
    line_count: int
    first_line: int
    time: int
    run_count: int
    raw_length: int
    stored_length: int
    payload_checksum: int

    @property
    def end(self) -> int:
        return self.offset + _HEADER.size + self.stored_length

    @property
    def next_line(self) -> int:
        return self.first_line + self.line_count


class ReadRun(NamedTuple):
    time: int
    stream: int
    broken: bool
    text: bytes


class ReadLine(NamedTuple):
    """`text` is None for a line that is lost; `damaged` when its beginning may be missing."""

    number: int
    stream: int
    time: int
    text: bytes | None
    damaged: bool = False


class ReadSegment(NamedTuple):
    log_id: int
    streams: int
    offset: int
    length: int
    first_line: int
    first_byte: int
    time: int
    line_count: int
    byte_count: int
    checksum: int


class DocumentReader:
    """All of a log file in memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.read_bytes() if path.exists() else b""
        index = path.with_name(path.name + ".idx")
        self._index = index.read_bytes() if index.exists() else b""

    def frames(self, offset: int = 0, line: int = 1) -> Iterator[ReadFrame | int]:
        """The frames from `offset` on; a number stands for bytes that are none, and is that of the
        line which is due after them."""
        log_id: int | None = None
        while (frame := self._frame(offset, line, log_id)) is not None:
            if frame.offset > offset:
                yield frame.first_line
            yield frame
            offset, line, log_id = frame.end, frame.next_line, frame.log_id

    @property
    def sealed(self) -> bool:
        """Whether the last frame is the seal."""
        last = [frame for frame in self.frames() if isinstance(frame, ReadFrame)][-1:]
        return bool(last and last[0].flags & _SEAL)

    @property
    def lossy(self) -> bool:
        """Whether any output is missing."""
        frames = (frame for frame in self.frames() if isinstance(frame, ReadFrame))
        return any(frame.flags & _LOSSY for frame in frames)

    def stream(self, *streams: int) -> bytes:
        """What these streams have written, or all; of a log that is not damaged."""
        runs = (
            run
            for frame in self.frames()
            if isinstance(frame, ReadFrame)
            for run in self.runs(frame) or ()
        )
        return b"".join(run.text for run in runs if not streams or run.stream in streams)

    def lines(self) -> list[ReadLine]:
        """All lines."""
        return list(self._lines(self.frames(), {}))

    def lines_from(self, first: int) -> list[ReadLine]:
        """The lines from `first` on, found by way of the index; of a log that is not damaged."""
        frames = self._frames_from(first)
        if not frames:
            return []
        begun = {stream: self._begun(frames[0].offset, stream) for stream in range(1, 8)}
        return [line for line in self._lines(frames, begun) if line.number >= first]

    def runs(self, frame: ReadFrame) -> list[ReadRun] | None:
        """What a frame holds; None when it is damaged."""
        stored = self._file[frame.offset + _HEADER.size : frame.end]
        if zlib.crc32(stored) != frame.payload_checksum:
            return None
        raw = stored
        if frame.codec == 1:
            raw = zstandard.decompress(stored, max_output_size=frame.raw_length)
        if len(raw) != frame.raw_length:
            return None
        if frame.run_count == 0:
            if frame.streams == 0:
                return []
            stream = frame.streams.bit_length() - 1
            return [ReadRun(frame.time, stream, bool(frame.flags & _BROKEN), raw)]
        place = frame.run_count * _RUN.size
        runs: list[ReadRun] = []
        for time, length, stream, flags, _ in _RUN.iter_unpack(raw[:place]):
            text = raw[place : place + length]
            runs.append(ReadRun(time, stream, bool(flags & _BROKEN), text))
            place += length
        return runs if place == len(raw) else None

    def segments(self) -> list[ReadSegment]:
        """The entries of the index that may be used."""
        segments: list[ReadSegment] = []
        due = (0, 1)
        for place in range(0, len(self._index) // _ENTRY.size * _ENTRY.size, _ENTRY.size):
            stored = self._index[place : place + _ENTRY.size]
            segment = ReadSegment(*_ENTRY.unpack(stored))
            if zlib.crc32(stored[:-4]) != segment.checksum:
                break
            if (segment.offset, segment.first_line) != due:
                break
            if segments and segment.log_id != segments[0].log_id:
                break
            segments.append(segment)
            due = segment.offset + segment.length, segment.first_line + segment.line_count
        return segments if segments and self._fits(segments[-1]) else []

    def _fits(self, last: ReadSegment) -> bool:
        first, its = self._header(0), self._header(last.offset)
        return (
            first is not None
            and first.log_id == last.log_id
            and its is not None
            and its.first_line == last.first_line
            and last.offset + last.length <= len(self._file)
        )

    def _frames_from(self, line: int) -> list[ReadFrame]:
        """From the frame on in which `line` is completed."""
        offset, due = 0, 1
        for segment in self.segments():
            if segment.first_line + segment.line_count > line:
                break
            offset = segment.offset + segment.length
            due = segment.first_line + segment.line_count
        frames = (frame for frame in self.frames(offset, due) if isinstance(frame, ReadFrame))
        return [frame for frame in frames if frame.next_line > line or frame.flags & _SEAL]

    def _begun(self, offset: int, stream: int) -> bytes:
        """What of the line that is open on `stream` stands before `offset`: back to where it
        begins."""
        before = [
            frame
            for frame in self.frames()
            if isinstance(frame, ReadFrame)
            and frame.offset < offset
            and frame.streams >> stream & 1
        ]
        text = b""
        for frame in reversed(before):
            for run in reversed(self.runs(frame) or []):
                if run.stream != stream:
                    continue
                _, newline, rest = run.text.rpartition(b"\n")
                text = rest + text
                if newline or run.broken:
                    return text
        return text

    def _lines(
        self, frames: Iterable[ReadFrame | int], begun: dict[int, bytes]
    ) -> Iterator[ReadLine]:
        number = 0
        doubtful: set[int] = set()
        for frame in frames:
            if isinstance(frame, int):
                yield from _lost(number or 1, frame, 0)
                number, doubtful, begun = frame, set(range(1, 8)), {}
                continue
            number = number or frame.first_line
            runs = self.runs(frame)
            if runs is None:
                yield from _lost(number, frame.next_line, frame.time)
                touched = {stream for stream in range(1, 8) if frame.streams >> stream & 1}
                doubtful |= touched
                begun = {stream: text for stream, text in begun.items() if stream not in touched}
                number = frame.next_line
                continue
            for run in runs:
                for text in _completed(run, begun):
                    yield ReadLine(number, run.stream, run.time, text, run.stream in doubtful)
                    doubtful.discard(run.stream)
                    number += 1

    def _frame(self, offset: int, line: int, log_id: int | None) -> ReadFrame | None:
        """The frame at `offset`, or the next one behind what is damaged there; None at the end."""
        found = self._header(offset)
        if found is not None and log_id in (None, found.log_id) and found.first_line == line:
            return found if found.end <= len(self._file) else None
        if found is not None and found.end > len(self._file):
            return None
        while (offset := self._file.find(_MAGIC, offset + 1)) >= 0:
            found = self._header(offset)
            if (
                found is not None
                and log_id in (None, found.log_id)
                and found.first_line >= line
                and found.end <= len(self._file)
            ):
                return found
        return None

    def _header(self, offset: int) -> ReadFrame | None:
        stored = self._file[offset : offset + _HEADER.size]
        if len(stored) < _HEADER.size:
            return None
        magic, version, *fields, checksum = _HEADER.unpack(stored)
        frame = ReadFrame(offset, *fields)
        valid = (
            magic == _MAGIC
            and version == 1
            and checksum == zlib.crc32(stored[:48])
            and frame.raw_length <= _MOST_RAW
            and frame.stored_length <= frame.raw_length
        )
        return frame if valid else None


def _completed(run: ReadRun, begun: dict[int, bytes]) -> Iterator[bytes]:
    if run.broken:
        yield begun.pop(run.stream, b"")
    *ended, rest = (begun.pop(run.stream, b"") + run.text).split(b"\n")
    yield from ended
    if rest:
        begun[run.stream] = rest


def _lost(first: int, end: int, time: int) -> Iterator[ReadLine]:
    for number in range(first, end):
        yield ReadLine(number, 0, time, None, damaged=True)
