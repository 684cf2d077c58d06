"""Which frames a reader needs: the segments of a log, known from its side index and its frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tasktrail.logs.frame import GAP, HEADER_SIZE, SEAL, Frame
from tasktrail.logs.frame_source import FrameSource
from tasktrail.logs.segment import Segment, SegmentBuilder, load_segments
from tasktrail.model.instant import Instant


class LogIndex:
    """All segments of a log, kept up to date with a growing file by `refresh`.

    The side index only saves reading headers: where it is missing, torn or wrong, the frames tell.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._segments: list[Segment] = []
        self._builder: SegmentBuilder | None = None
        self.sealed = False
        self.lossy = False
        """Whether a sealed log says that output is missing."""

    @property
    def line_count(self) -> int:
        """Lines completed so far."""
        return self._builder.next_line - 1 if self._builder else 0

    @property
    def byte_count(self) -> int:
        """Bytes of text so far."""
        return self._builder.byte_count if self._builder else 0

    @property
    def frontier(self) -> int:
        """The offset behind the last whole frame."""
        return self._builder.frontier if self._builder else 0

    def refresh(self) -> None:
        """Take in what the file has grown by."""
        if self.sealed or not self._source.refresh():
            return
        builder = self._builder or self._start()
        for frame in self._source.frames(builder.frontier, builder.next_line):
            segment = builder.add(frame)
            if segment is not None:
                self._segments.append(segment)
            self.sealed = bool(frame.flags & SEAL)
            self.lossy = self.sealed and frame.lossy

    def frames(self, offset: int, line: int) -> Iterator[Frame]:
        """As of `FrameSource`, but a gap comes in parts, as far as segments are known that it lies
        in: each with the streams that it can have bytes of at most.

        So a damaged place is the same for whoever reads on to it, and whoever begins behind it.
        """
        for frame in self._source.frames(offset, line):
            if frame.codec == GAP:
                yield from _parts(frame, self._known())
            else:
                yield frame

    def frames_from(self, line: int) -> Iterator[Frame]:
        """The frames from the one in which line `line` ends, or will end."""
        known = self._known()
        position = bisect_left(known, line, key=_last_line)
        if position == len(known):
            return
        segment = known[position]
        for frame in self.frames(segment.offset, segment.first_line):
            if frame.next_line > line:
                yield frame

    def frames_before(self, offset: int, stream: int) -> Iterator[Frame]:
        """The frames before `offset`, backwards, that may hold bytes of `stream`."""
        known = self._known()
        for segment in reversed(known[: bisect_right(known, offset - 1, key=_offset)]):
            if not segment.streams >> stream & 1:
                continue
            frames = self._frames_of(segment, min(offset, segment.end))
            yield from (
                frame
                for frame in reversed(frames)
                if frame.streams >> stream & 1 or (frame.codec == GAP and not frame.streams)
            )

    def line_before(self, time: Instant) -> int:
        """The number of a line from which on few lines were completed before `time`, and before
        which none was completed at it or later."""
        known = self._known()
        # Frames have the time of their first run; the one before may end later than it began.
        position = bisect_left(known, time, key=_time) - 1
        if position < 0:
            return 1
        segment = known[position]
        line = segment.first_line
        for frame in self._source.frames(segment.offset, line):
            if frame.time >= time or frame.offset >= segment.end:
                break
            line = frame.first_line
        return line

    def line_before_end(self, length: int) -> int:
        """The number of the first line of the frames that hold the last `length` bytes of text, or
        of the last frame if that holds more."""
        known = self._known()
        wanted = self.byte_count - length
        position = bisect_right(known, wanted, key=_first_byte) - 1
        if position < 0:
            return 1
        segment, line = known[position], known[position].first_line
        begun = segment.first_byte
        for frame in self._source.frames(segment.offset, line):
            line = frame.first_line
            if begun >= wanted:
                break
            begun += frame.text_length
        return line

    def _frames_of(self, segment: Segment, end: int) -> list[Frame]:
        frames: list[Frame] = []
        for frame in self.frames(segment.offset, segment.first_line):
            if frame.offset >= end:
                break
            frames.append(frame)
        return frames

    def _known(self) -> list[Segment]:
        last = self._builder.open_segment() if self._builder else None
        return [*self._segments, last] if last else self._segments

    def _start(self) -> SegmentBuilder:
        segments = load_segments(self._source.side_index())
        if segments and self._fits(segments[-1]):
            last = segments.pop()  # its frames are looked at again: one of them may be the seal
            self._segments = segments
            self._builder = SegmentBuilder(last.offset, last.first_line, last.first_byte)
        else:
            self._builder = SegmentBuilder()
        return self._builder

    def _fits(self, last: Segment) -> bool:
        first = self._source.header_at(0)
        if first is None or first.log_id != last.log_id:
            return False  # and whose log it is does not depend on where a wrong index points
        frame = self._source.header_at(last.offset)
        return (
            frame is not None
            and frame.first_line == last.first_line
            and last.end <= self._source.size
        )


def _parts(gap: Frame, segments: list[Segment]) -> Iterator[Frame]:
    """`gap`, cut where a segment begins; what is in none of them may be of any stream."""
    offset, line = gap.offset, gap.first_line
    for segment in segments[bisect_right(segments, gap.offset, key=_end) :]:
        if segment.offset >= gap.end:
            break
        end = min(segment.end, gap.end)
        ends_gap = end == gap.end
        next_line = gap.next_line if ends_gap else min(segment.next_line, gap.next_line)
        yield _part(gap, offset, end, line, next_line, segment.streams)
        offset, line = end, next_line
    if offset < gap.end:
        yield _part(gap, offset, gap.end, line, gap.next_line, 0)


def _part(gap: Frame, offset: int, end: int, line: int, next_line: int, streams: int) -> Frame:
    return gap._replace(
        offset=offset,
        stored_length=end - offset - HEADER_SIZE,
        first_line=line,
        line_count=next_line - line,
        streams=streams,
    )


def _last_line(segment: Segment) -> int:
    return segment.next_line - 1


def _offset(segment: Segment) -> int:
    return segment.offset


def _end(segment: Segment) -> int:
    return segment.end


def _first_byte(segment: Segment) -> int:
    return segment.first_byte


def _time(segment: Segment) -> Instant:
    return segment.time
