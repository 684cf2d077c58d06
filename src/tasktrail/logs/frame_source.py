"""Reads the frames of a log file that may still grow, may end torn and may be damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasktrail.logs.frame import GAP, HEADER_SIZE, MAGIC, MAX_PAYLOAD, Frame, unpack_header
from tasktrail.logs.log_file import LocalLogFile, LogFile
from tasktrail.logs.run import DamagedPayloadError, PayloadUnpacker, Run

_WINDOW = 64 * 1024


class FrameSource:
    """An open log file. A file that does not exist (yet) reads as an empty one."""

    def __init__(self, file: Path | LogFile) -> None:
        self._file: LogFile = LocalLogFile(file) if isinstance(file, Path) else file
        self._size = 0
        self._window = b""
        self._window_start = 0
        self._log_id: int | None = None
        self._unpacker = PayloadUnpacker()

    @property
    def size(self) -> int:
        """Bytes of the file when it was last looked at."""
        return self._size

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def side_index(self) -> bytes:
        """The entries of the side index, as they stand."""
        return self._file.side_index()

    def refresh(self) -> bool:
        """Look at the file anew; whether there is one. Until then its size stays as it was."""
        size = self._file.size()
        if size is None:
            return False
        self._window = b""  # a writer may have taken back the torn frame at its end
        self._size = size
        return True

    def frames(self, offset: int, line: int) -> Iterator[Frame]:
        """The whole frames from `offset` on, where the next line to end has the number `line`.

        What is no frame but is followed by one comes as a frame with the codec `GAP`.
        """
        while (frame := self._frame_at(offset, line)) is not None:
            yield frame
            offset, line = frame.end, frame.next_line

    def runs(self, frame: Frame) -> list[Run]:
        """What `frame` holds.

        Raises:
            DamagedPayloadError: it cannot be read back as it was written.
        """
        if frame.codec == GAP:
            raise DamagedPayloadError
        return self._unpacker.unpack(frame, self.stored(frame))

    def stored(self, frame: Frame) -> bytes:
        """The payload of `frame` as it stands in the file; nothing for a gap."""
        if frame.codec == GAP:
            return b""
        return self._read(frame.offset + HEADER_SIZE, frame.stored_length)

    def header_at(self, offset: int) -> Frame | None:
        """The frame at `offset`; None when there is no whole one of this log."""
        frame = unpack_header(self._read(offset, HEADER_SIZE), offset)
        if frame is None or frame.end > self._size:
            return None
        if self._log_id is None:
            self._log_id = frame.log_id
        return frame if frame.log_id == self._log_id else None

    def _frame_at(self, offset: int, line: int) -> Frame | None:
        frame = self.header_at(offset)
        if frame is not None and frame.first_line == line:
            return frame
        stored = self._read(offset, HEADER_SIZE)
        torn_header = len(stored) < HEADER_SIZE
        torn_payload = frame is None and unpack_header(stored, offset) is not None
        if torn_header or torn_payload:
            return None
        return self._gap(offset, line)

    def _gap(self, offset: int, line: int) -> Frame | None:
        for position in self._magics(offset + 1):
            found = self.header_at(position)
            if found is not None and _may_follow(found, offset, line):
                return Frame(
                    offset=offset,
                    flags=0,
                    codec=GAP,
                    streams=0,
                    log_id=found.log_id,
                    line_count=found.first_line - line,
                    first_line=line,
                    time=found.time,
                    run_count=0,
                    raw_length=0,
                    stored_length=position - offset - HEADER_SIZE,
                    payload_checksum=0,
                )
        return None

    def _magics(self, offset: int) -> Iterator[int]:
        overlap = len(MAGIC) - 1
        while block := self._read(offset, _WINDOW):
            found = block.find(MAGIC)
            while found >= 0:
                yield offset + found
                found = block.find(MAGIC, found + 1)
            if len(block) <= overlap:
                return
            offset += len(block) - overlap

    def _read(self, offset: int, length: int) -> bytes:
        if offset >= self._size:
            return b""
        start = offset - self._window_start
        if start < 0 or start + length > len(self._window):
            wanted = min(max(length, _WINDOW), self._size - offset)
            self._window = self._file.read(offset, wanted)
            self._window_start, start = offset, 0
        return self._window[start : start + length]


def _may_follow(frame: Frame, gap: int, line: int) -> bool:
    """Whether `frame` can stand behind a gap: no more lines are missing than fit into it."""
    lost_frames = (frame.offset - gap) // HEADER_SIZE + 1
    return 0 <= frame.first_line - line <= lost_frames * MAX_PAYLOAD
