"""A place in a log from which one reads on, now and when it has grown."""

from __future__ import annotations

from tasktrail.logs.assembler import LineAssembler
from tasktrail.logs.frame import SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.line import Line
from tasktrail.logs.run import DamagedPayloadError


class LogCursor:
    """Reads lines in order, frame by frame; made by `LogReader.cursor`."""

    def __init__(
        self, source: FrameSource, offset: int, next_line: int, assembler: LineAssembler
    ) -> None:
        self._source = source
        self._offset: int = offset
        self._next_line: int = next_line
        self._assembler = assembler
        self.ended = False
        """Whether the log is sealed and was read to its end."""

    def read(self) -> list[Line]:
        """The next lines, those of one frame at most; none when there are no more (yet)."""
        lines = self._read_known()
        if not lines and not self.ended and self._source.refresh():
            lines = self._read_known()
        return lines

    def _read_known(self) -> list[Line]:
        for frame in self._source.frames(self._offset, self._next_line):
            try:
                lines = self._assembler.take(self._source.runs(frame))
            except DamagedPayloadError:
                lines = self._assembler.take_damaged(frame)
            self._offset, self._next_line = frame.end, frame.next_line
            self.ended = bool(frame.flags & SEAL)
            if lines:
                return lines
        return []
