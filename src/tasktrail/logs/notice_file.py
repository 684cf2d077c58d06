"""A log that is not there, and says so."""

from __future__ import annotations

import zlib

from tasktrail.logs.frame import RAW, SEAL, Frame, pack_header
from tasktrail.logs.run import PayloadPacker, Run
from tasktrail.model.instant import Instant
from tasktrail.model.stream import Stream


class NoticeLogFile:
    """A `LogFile` in memory: a finished log of one line, which Tasktrail wrote at `time`."""

    def __init__(self, text: str, time: Instant) -> None:
        run = Run(Stream.SYSTEM, time, broken=False, text=text.encode() + b"\n")
        payload = PayloadPacker().pack_runs([run])
        frame = Frame(
            offset=0,
            flags=SEAL,
            codec=RAW,
            streams=1 << Stream.SYSTEM,
            log_id=0,
            line_count=1,
            first_line=1,
            time=time,
            run_count=1,
            raw_length=len(payload),
            stored_length=len(payload),
            payload_checksum=zlib.crc32(payload),
        )
        self._stored = pack_header(frame) + payload

    def size(self) -> int | None:
        """See `LogFile`."""
        return len(self._stored)

    def read(self, offset: int, length: int) -> bytes:
        """See `LogFile`."""
        return self._stored[offset : offset + length]

    def side_index(self) -> bytes:
        """See `LogFile`."""
        return b""

    def close(self) -> None:
        """See `LogFile`."""
