"""The segments of a growing log that has no side index, remembered between its readers."""

from __future__ import annotations

import threading

from tasktrail.logs.frame import SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.segment import SegmentBuilder, pack_segment


class KnownSegments:
    """What a side index of one log would hold. May be used by many threads."""

    def __init__(self) -> None:
        self._builder = SegmentBuilder()
        self._entries = bytearray()
        self._sealed = False
        self._lock = threading.Lock()

    def entries(self, file: LogFile) -> bytes:
        """The entries as far as the log goes by now; only what was added is read of `file`."""
        with self._lock:
            source = FrameSource(file)
            if not self._sealed and source.refresh():
                self._take_in(source)
            return bytes(self._entries)

    def _take_in(self, source: FrameSource) -> None:
        builder = self._builder
        for frame in source.frames(builder.frontier, builder.next_line):
            segment = builder.add(frame)
            if segment is not None:
                self._entries += pack_segment(segment)
            self._sealed = bool(frame.flags & SEAL)
