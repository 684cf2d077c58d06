"""Segments: the entries of the side index, each standing for some consecutive frames of a log."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple

from tasktrail.logs.frame import GAP, Frame
from tasktrail.model.instant import Instant

SEGMENT_BYTES = 256 * 1024
SEGMENT_FRAMES = 256
"""A segment is complete with this many stored bytes or frames, whichever comes first."""

_FIELDS = struct.Struct("<IIQQQQqQQ")
_CHECKSUM = struct.Struct("<I")
ENTRY_SIZE = _FIELDS.size + _CHECKSUM.size
_ANY_STREAM = 0xFE


class Segment(Struct, frozen=True, gc=False):
    """Consecutive frames: what a reader has to know to decide whether it needs them.

    A long log has thousands, for each of its readers, which garbage collection need not go through.

    `first_byte` counts the text before it, `time` is that of its first frame, `streams` the union
    of its frames' bits.
    """

    log_id: int
    streams: int
    offset: int
    length: int
    first_line: int
    first_byte: int
    time: Instant
    line_count: int
    byte_count: int

    @property
    def end(self) -> int:
        """The offset behind its last frame."""
        return self.offset + self.length

    @property
    def next_line(self) -> int:
        """The number of the first line that ends behind it."""
        return self.first_line + self.line_count

    @property
    def next_byte(self) -> int:
        """How much text there is before what follows it."""
        return self.first_byte + self.byte_count


class SegmentBuilder:
    """Gathers frames, in order, to segments."""

    def __init__(self, frontier: int = 0, next_line: int = 1, byte_count: int = 0) -> None:
        self.frontier = frontier
        """The offset behind the last frame."""
        self.next_line = next_line
        self.byte_count = byte_count
        """Bytes of text in all frames so far."""
        self._first: Frame | None = None
        self._first_byte = byte_count
        self._frames = 0
        self._streams = 0

    def add(self, frame: Frame) -> Segment | None:
        """Take the next frame; the segment that it completes, if it completes one."""
        if self._first is None:
            self._first, self._first_byte = frame, self.byte_count
            self._frames = self._streams = 0
        self._frames += 1
        self._streams |= frame.streams if frame.codec != GAP else _ANY_STREAM
        self.frontier, self.next_line = frame.end, frame.next_line
        self.byte_count += frame.text_length
        if self._frames < SEGMENT_FRAMES and frame.end - self._first.offset < SEGMENT_BYTES:
            return None
        segment = self.open_segment()
        self._first = None
        return segment

    def open_segment(self) -> Segment | None:
        """The segment that is not complete yet; None when it has no frame."""
        first = self._first
        if first is None:
            return None
        return Segment(
            first.log_id,
            self._streams,
            first.offset,
            self.frontier - first.offset,
            first.first_line,
            self._first_byte,
            first.time,
            self.next_line - first.first_line,
            self.byte_count - self._first_byte,
        )


def index_path(log: Path) -> Path:
    """Where the side index of a log is; small logs have none."""
    return log.with_name(index_key(log.name))


def index_key(log: str) -> str:
    """What the side index of a log is called."""
    return f"{log}.idx"


def pack_segment(segment: Segment) -> bytes:
    """An entry of the side index."""
    fields = _FIELDS.pack(*astuple(segment))
    return fields + _CHECKSUM.pack(zlib.crc32(fields))


def load_segments(stored: bytes) -> list[Segment]:
    """The entries of a side index, as far as it is whole and without a gap."""
    segments: list[Segment] = []
    expected = (None, 0, 1)
    for segment in _entries(stored):
        log_id = expected[0] or segment.log_id
        if (segment.log_id, segment.offset, segment.first_line) != (log_id, *expected[1:]):
            break
        segments.append(segment)
        expected = (log_id, segment.end, segment.next_line)
    return segments


def replace_index(log: Path, segments: list[Segment]) -> None:
    """Put exactly `segments` in the side index; remove it when there are none."""
    path = index_path(log)
    if not segments:
        path.unlink(missing_ok=True)
        return
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(b"".join(map(pack_segment, segments)))
    os.replace(draft, path)  # noqa: PTH105 - the same call, and not named like a string's


def _entries(stored: bytes) -> Iterator[Segment]:
    for start in range(0, len(stored) - ENTRY_SIZE + 1, ENTRY_SIZE):
        fields = stored[start : start + _FIELDS.size]
        (checksum,) = _CHECKSUM.unpack_from(stored, start + _FIELDS.size)
        if zlib.crc32(fields) != checksum:
            return
        yield Segment(*_FIELDS.unpack(fields))
