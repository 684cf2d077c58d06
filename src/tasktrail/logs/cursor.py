"""A place in a log from which one reads on, now and when it has grown."""

from __future__ import annotations

from tasktrail.logs.assembler import LineAssembler
from tasktrail.logs.frame import SEAL
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.index import LogIndex
from tasktrail.logs.line import Line, Stretch
from tasktrail.logs.run import DamagedPayloadError


class LogCursor:
    """Reads lines in order, frame by frame; made by `LogReader.cursor`."""

    def __init__(
        self,
        source: FrameSource,
        index: LogIndex,
        offset: int,
        next_line: int,
        assembler: LineAssembler,
    ) -> None:
        self._source = source
        self._index = index
        self._offset: int = offset
        self._next_line: int = next_line
        self._assembler = assembler
        self.ended = False
        """Whether the log is sealed and was read to its end."""

    def read(self) -> list[Line]:
        """The next lines, those of one frame at most; none when there are no more (yet)."""
        return [line for stretch in self.read_stretches() for line in stretch.lines()]

    def read_stretches(self) -> list[Stretch]:
        """Like `read`, without an object for each line."""
        stretches = self._read_known()
        if not stretches and not self.ended and self._source.refresh():
            stretches = self._read_known()
        return stretches

    def open_texts(self) -> dict[int, bytes]:
        """What each stream has written after the last line that was read, without its newline."""
        return {} if self.ended else self._assembler.open_texts()

    def _read_known(self) -> list[Stretch]:
        for frame in self._index.frames(self._offset, self._next_line):
            try:
                stretches = self._assembler.take(self._source.runs(frame))
            except DamagedPayloadError:
                stretches = self._assembler.take_damaged(frame)
            self._offset, self._next_line = frame.end, frame.next_line
            self.ended = bool(frame.flags & SEAL)
            if stretches:
                return stretches
        return []
