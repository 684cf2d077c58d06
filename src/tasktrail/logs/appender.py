"""Appends frames to a log file, so that each is with the operating system at once."""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.frame import SEAL, Frame, pack_header
from tasktrail.logs.run import PayloadPacker, Run
from tasktrail.logs.segment import SegmentBuilder, index_path, pack_segment
from tasktrail.model.instant import Instant

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700
_TRIES = 10


class FrameAppender:
    """Writes the frames of one log, and its side index where the log gets that long.

    The file and its directories come into being with the first frame. A frame is written with one
    call, so that a kill of this process leaves it whole; only a kill of the machine can tear it.
    An appended frame that the disk did not take whole is taken back.
    """

    def __init__(
        self,
        path: Path,
        log_id: int | None = None,
        builder: SegmentBuilder | None = None,
        frame_count: int = 0,
    ) -> None:
        """Begins a log, or continues the log `log_id` after the frames that `builder` was given."""
        self._path = path
        self._log_id = log_id
        self._builder = builder or SegmentBuilder()
        self._new = log_id is None
        self._packer = PayloadPacker()
        self._descriptor: int | None = None
        self._index_descriptor: int | None = None
        self._index_failed = False
        self.frame_count = frame_count

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._builder.frontier

    @property
    def line_count(self) -> int:
        """Lines completed."""
        return self._builder.next_line - 1

    @property
    def byte_count(self) -> int:
        """Bytes of text."""
        return self._builder.byte_count

    def append(self, runs: Sequence[Run], *, flags: int = 0, time: Instant) -> None:
        """Write one frame; `flags` are those beside `BROKEN`.

        Raises:
            OSError: it was not written; nothing of it is left in the file.
            FileExistsError: there was a log already where a new one should begin.
        """
        table = len(runs) != 1 or bool(flags & SEAL)
        raw = self._packer.pack_runs(runs) if table else runs[0].text
        codec, stored = self._packer.compress(raw)
        frame = Frame(
            offset=self._builder.frontier,
            flags=flags if table else flags | runs[0].broken,
            codec=codec,
            streams=_bits(runs),
            log_id=self._log_id_at(time),
            line_count=sum(run.line_count for run in runs),
            first_line=self._builder.next_line,
            time=time,
            run_count=len(runs) if table else 0,
            raw_length=len(raw),
            stored_length=len(stored),
            payload_checksum=zlib.crc32(stored),
        )
        self._store(pack_header(frame), stored)
        reach(Failpoint.LOG_WRITTEN)
        self.frame_count += 1
        segment = self._builder.add(frame)
        if segment is not None:
            self._index(pack_segment(segment))

    def sync(self) -> None:
        """Return when all frames are on the disk, and the file in its directory.

        Raises:
            OSError: the disk did not take them.
        """
        if self._descriptor is None:
            return
        os.fsync(self._descriptor)
        if self._new:
            sync_directory(self._path.parent)
        reach(Failpoint.LOG_SYNCED)

    def close(self) -> None:
        """Close the files, as they are."""
        for descriptor in (self._descriptor, self._index_descriptor):
            if descriptor is not None:
                os.close(descriptor)
        self._descriptor = self._index_descriptor = None

    def _log_id_at(self, time: Instant) -> int:
        if self._log_id is None:
            self._log_id = zlib.crc32(f"{self._path}:{time}".encode())
        return self._log_id

    def _store(self, header: bytes, payload: bytes) -> None:
        descriptor = self._open()
        reach(Failpoint.LOG_OPENED)
        try:
            written = os.writev(descriptor, (header, payload))
            if written < len(header) + len(payload):
                _write_all(descriptor, (header + payload)[written:])
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._builder.frontier)
            raise

    def _open(self) -> int:
        if self._descriptor is None:
            flags = os.O_WRONLY | os.O_APPEND
            if self._new:
                flags |= os.O_CREAT | os.O_EXCL
            self._descriptor = self._opened(flags)
        return self._descriptor

    def _opened(self, flags: int) -> int:
        # Between the making of the directory and that of the file it may be removed again, with
        # the last of the other logs in it.
        for _ in range(_TRIES if self._new else 0):
            with contextlib.suppress(FileNotFoundError):
                return os.open(self._path, flags, _FILE_MODE)
            self._path.parent.mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
        return os.open(self._path, flags, _FILE_MODE)

    def _index(self, entry: bytes) -> None:
        """Add to the side index; once that fails, leave it: readers do without the rest."""
        if self._index_failed:
            return
        try:
            if self._index_descriptor is None:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
                self._index_descriptor = os.open(index_path(self._path), flags, _FILE_MODE)
            _write_all(self._index_descriptor, entry)
        except OSError:
            self._index_failed = True


def sync_directory(directory: Path) -> None:
    """Return when the names in `directory` are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _bits(runs: Sequence[Run]) -> int:
    bits = 0
    for run in runs:
        bits |= 1 << run.stream
    return bits


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
