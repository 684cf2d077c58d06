"""The header of a frame: the unit in which a log grows (docs/log-format.md, "Frames")."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from tasktrail.model.instant import Instant

MAGIC = b"TTLF"
VERSION = 1

BROKEN = 1
"""Flag: the line that was open on the stream ends before the first byte of this text."""
SEAL = 2
"""Flag: the last frame of a finished log."""
LOSSY = 4
"""Flag: output is missing here or, on the last frame, somewhere."""

RAW = 0
ZSTD = 1
GAP = 255
"""Codec that is never on disk: stands for bytes between two frames that are no frame."""

MAX_TEXT = 256 * 1024
"""Bytes of output that are written as one frame at most."""
MAX_RUNS = 2048
"""Runs in one frame at most."""
RUN_SIZE = 16
"""Bytes of one entry of the table of runs that starts the payload when there is one."""

_FIELDS = struct.Struct("<4sBBBBIIQqIIII")
_CHECKSUM = struct.Struct("<I")
HEADER_SIZE = _FIELDS.size + _CHECKSUM.size
MAX_PAYLOAD = MAX_TEXT + MAX_RUNS * RUN_SIZE
"""Uncompressed bytes of a payload at most; what claims more is no frame."""


class Frame(NamedTuple):
    """The header of the frame at `offset` of the file.

    `streams` has bit n set when the frame holds bytes of stream n. `first_line` is the number of
    the first line that ends in the frame, `line_count` how many do. `run_count` is 0 for a frame
    of one stream and one time, which needs no table of runs.
    """

    offset: int
    flags: int
    codec: int
    streams: int
    log_id: int
    line_count: int
    first_line: int
    time: Instant
    run_count: int
    raw_length: int
    stored_length: int
    payload_checksum: int

    @property
    def end(self) -> int:
        """The offset behind the frame."""
        return self.offset + HEADER_SIZE + self.stored_length

    @property
    def next_line(self) -> int:
        """The number of the first line that ends behind the frame."""
        return self.first_line + self.line_count

    @property
    def text_length(self) -> int:
        """Bytes of text in the frame."""
        return self.raw_length - self.run_count * RUN_SIZE

    @property
    def lossy(self) -> bool:
        """Whether it says that output is missing."""
        return bool(self.flags & LOSSY)


def pack_header(frame: Frame) -> bytes:
    """The header as it stands in the file, before the payload."""
    fields = _FIELDS.pack(
        MAGIC,
        VERSION,
        frame.flags,
        frame.codec,
        frame.streams,
        frame.log_id,
        frame.line_count,
        frame.first_line,
        frame.time,
        frame.run_count,
        frame.raw_length,
        frame.stored_length,
        frame.payload_checksum,
    )
    return fields + _CHECKSUM.pack(zlib.crc32(fields))


def unpack_header(stored: bytes, offset: int) -> Frame | None:
    """The frame whose header is `stored`, found at `offset`; None when that is no header."""
    if len(stored) != HEADER_SIZE or stored[:4] != MAGIC or stored[4] != VERSION:
        return None
    (checksum,) = _CHECKSUM.unpack_from(stored, _FIELDS.size)
    if zlib.crc32(stored[: _FIELDS.size]) != checksum:
        return None
    _, _, flags, codec, streams, *numbers = _FIELDS.unpack_from(stored)
    frame = Frame(offset, flags, codec, streams, *numbers)
    return frame if _plausible(frame) else None


def _plausible(frame: Frame) -> bool:
    return (
        frame.raw_length <= MAX_PAYLOAD
        and frame.stored_length <= frame.raw_length
        and frame.text_length >= 0
        and (
            frame.codec == ZSTD or (frame.codec == RAW and frame.stored_length == frame.raw_length)
        )
    )
