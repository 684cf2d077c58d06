"""Runs: stretches of text of one stream and one time; the payload of a frame is one or more."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import zstandard

from tasktrail.logs.frame import BROKEN, RAW, RUN_SIZE, ZSTD, Frame
from tasktrail.model.instant import Instant

_LEVEL = 1
_WORTH_COMPRESSING = 512
_ENTRY = struct.Struct("<qIBB2x")
assert _ENTRY.size == RUN_SIZE
_FLAGS_AT = 13
"""Where the flags are in an entry."""


class Run(NamedTuple):
    """Text of one stream, read at one time.

    `broken` ends the line that is open on the stream before the first byte of `text`.
    """

    stream: int
    time: Instant
    broken: bool
    text: bytes

    @property
    def line_count(self) -> int:
        """How many lines end in it."""
        return self.text.count(b"\n") + self.broken


class DamagedPayloadError(ValueError):
    """The payload of a frame is not what was written."""


class PayloadPacker:
    """Makes payloads; each has a compressor of its own, since these are not to be shared."""

    def __init__(self) -> None:
        self._compressor: zstandard.ZstdCompressor | None = None

    def pack_runs(self, runs: Sequence[Run]) -> bytes:
        """The uncompressed payload of a frame with a table of runs."""
        table = [
            _ENTRY.pack(run.time, len(run.text), run.stream, BROKEN if run.broken else 0)
            for run in runs
        ]
        return b"".join([*table, *(run.text for run in runs)])

    def compress(self, raw: bytes) -> tuple[int, bytes]:
        """`raw` as it is stored, with its codec: compressed when that makes it smaller."""
        if len(raw) >= _WORTH_COMPRESSING:
            if self._compressor is None:
                self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
            compressed = self._compressor.compress(raw)
            if len(compressed) < len(raw):
                return ZSTD, compressed
        return RAW, raw


class PayloadUnpacker:
    """Reads payloads; not to be shared between threads."""

    def __init__(self) -> None:
        self._decompressor: zstandard.ZstdDecompressor | None = None

    def unpack(self, frame: Frame, stored: bytes) -> list[Run]:
        """The runs of `frame`.

        Raises:
            DamagedPayloadError: `stored` is not what was written.
        """
        return runs_of(frame, self.raw(frame, stored))

    def raw(self, frame: Frame, stored: bytes) -> bytes:
        """The payload of `frame`, uncompressed; raises what `unpack` does."""
        if len(stored) != frame.stored_length or zlib.crc32(stored) != frame.payload_checksum:
            raise DamagedPayloadError
        return self._decompress(frame, stored) if frame.codec == ZSTD else stored

    def _decompress(self, frame: Frame, stored: bytes) -> bytes:
        if self._decompressor is None:
            self._decompressor = zstandard.ZstdDecompressor()
        try:
            raw = self._decompressor.decompress(stored, max_output_size=frame.raw_length)
        except zstandard.ZstdError as error:
            raise DamagedPayloadError from error
        if len(raw) != frame.raw_length:
            raise DamagedPayloadError
        return raw


def runs_of(frame: Frame, raw: bytes) -> list[Run]:
    """The runs in the uncompressed payload of `frame`.

    Raises:
        DamagedPayloadError: its table is wrong.
    """
    if frame.run_count:
        return _unpack_runs(raw, frame.run_count)
    if not frame.streams:
        return []
    stream = frame.streams.bit_length() - 1
    return [Run(stream, frame.time, bool(frame.flags & BROKEN), raw)]


def one_text(frame: Frame, raw: bytes) -> tuple[int, bytes] | None:
    """The stream of the payload and all of its text, where it is of one stream and no line in it is
    ended by force; None otherwise."""
    stream = frame.streams.bit_length() - 1
    if stream < 0 or frame.streams != 1 << stream:
        return None
    if not frame.run_count:
        return None if frame.flags & BROKEN else (stream, raw)
    table = frame.run_count * RUN_SIZE
    if raw[_FLAGS_AT:table:RUN_SIZE].strip(b"\0"):
        return None
    return stream, raw[table:]


def _unpack_runs(raw: bytes, run_count: int) -> list[Run]:
    start = run_count * RUN_SIZE
    runs: list[Run] = []
    for time, length, stream, flags in _ENTRY.iter_unpack(raw[:start]):
        runs.append(Run(stream, Instant(time), bool(flags & BROKEN), raw[start : start + length]))
        start += length
    if start != len(raw):
        raise DamagedPayloadError
    return runs
