"""Keeps the output of one attempt at a step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.appender import FrameAppender
from tasktrail.logs.compaction import persist
from tasktrail.logs.frame import LOSSY, MAX_TEXT, SEAL
from tasktrail.logs.line import LAST_STREAM, MAX_LINE
from tasktrail.logs.run import Run
from tasktrail.model.instant import Instant
from tasktrail.model.step import LogSummary
from tasktrail.model.stream import Stream

DEFAULT_CAP = 1024 * 1024 * 1024
_FILE_CAP = 4


class LogListener(Protocol):
    """Is told what happens to a log, from any thread; must return at once."""

    def opened(self, path: Path) -> None:
        """A writer may begin the log at `path`."""
        ...

    def grew(self, path: Path) -> None:
        """There is more to read at `path`."""
        ...

    def closed(self, path: Path) -> None:
        """Nothing more will be written to `path`."""
        ...


class _OpenLine(NamedTuple):
    length: int
    time: Instant


class LogWriter:
    """The log of one attempt, to be written once; satisfies `OutputSink` of the runners.

    Every write is with the operating system when it returns, whole, so that a kill of this process
    loses nothing. Nothing is created before the first byte. `cap` limits the bytes of text, and
    four times that the size of the file (tiny writes take more for their frames than for their
    text); what comes after is counted and not kept, and the log says so.
    `hub` is told of every change. A log that is not to be compacted only ever grows. Not to be used
    by two threads at once.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], Instant],
        cap: int = DEFAULT_CAP,
        hub: LogListener | None = None,
        compacts: bool = True,
        max_line: int = MAX_LINE,
    ) -> None:
        self._path = path
        self._clock = clock
        self._cap = cap
        self._hub = hub
        self._compacts = compacts
        self._max_line = max_line
        self._piece = min(MAX_TEXT, max_line)
        self._appender = FrameAppender(path)
        self._open: dict[int, _OpenLine] = {}
        self._time = Instant(0)
        self._capped = False
        self._beyond_cap = 0
        self._lost = 0
        self._lost_because = ""
        self._truncated = False
        self._torn: set[int] = set()
        """Streams that lost bytes: what comes next does not continue their open line."""
        self._sealed = False
        self._summary: LogSummary | None = None
        if hub is not None:
            hub.opened(path)

    @property
    def written(self) -> bool:
        """Whether there is anything to close: an empty log never touches the disk."""
        return self._appender.frame_count > 0 or self._lost > 0

    def write(self, stream: int, chunk: bytes) -> None:
        """Keep `chunk`, which `stream` has written.

        What the disk does not take is counted, and noted in the log as soon as it takes that.

        Raises:
            FileExistsError: the path has a log already.
            ValueError: the writer is closed, or there is no such stream.
        """
        self._require_open(stream)
        time = self._now()
        for start in range(0, len(chunk), self._piece):
            self._keep(stream, chunk[start : start + self._piece], time)
        self._announce()

    def note(self, text: str) -> None:
        """Keep a line of Tasktrail itself (or several); it is kept beyond the cap, too.

        Raises:
            FileExistsError: the path has a log already.
            ValueError: the writer is closed.
        """
        self._require_open(Stream.SYSTEM)
        self._note(text, self._now())
        self._announce()

    def close(self) -> LogSummary:
        """Complete the open lines, seal the log, and return when it is on the disk. Idempotent.

        Waits for the disk, and rewrites a log of very many small frames: where that may not block,
        call it in a thread.

        Raises:
            OSError: the disk does not take it. The log is still open; close it again later.
        """
        if self._summary is None:
            self._summary = self._seal()
            if self._hub is not None:
                self._hub.closed(self._path)
        return self._summary

    def _require_open(self, stream: int) -> None:
        if self._summary is not None:
            raise ValueError(f"the log {self._path} is closed")
        if not 1 <= stream <= LAST_STREAM:
            raise ValueError(f"there is no stream {stream}")

    def _now(self) -> Instant:
        self._time = max(self._time, self._clock())
        return self._time

    def _announce(self) -> None:
        if self._hub is not None:
            self._hub.grew(self._path)

    def _keep(self, stream: int, piece: bytes, time: Instant) -> None:
        if self._capped:
            self._beyond_cap += len(piece)
            return
        room = self._room()
        if room:
            self._put(stream, piece[:room], time)
        if len(piece) > room:
            self._capped = self._truncated = True
            self._beyond_cap = len(piece) - room
            limit = f"[tasktrail] the log has reached its limit of {self._cap} bytes"
            self._note(f"{limit}; what follows is not kept", time, flags=LOSSY)

    def _room(self) -> int:
        if self._appender.size >= _FILE_CAP * self._cap:
            return 0
        return max(0, self._cap - self._appender.byte_count)

    def _note(self, text: str, time: Instant, *, flags: int = 0) -> None:
        line = text if text.endswith("\n") else text + "\n"
        encoded = line.encode("utf-8", "backslashreplace")
        self._torn.add(Stream.SYSTEM)
        for start in range(0, len(encoded), self._piece):
            self._put(Stream.SYSTEM, encoded[start : start + self._piece], time, flags=flags)

    def _put(self, stream: int, piece: bytes, time: Instant, *, flags: int = 0) -> None:
        """Write one piece; what cannot be written is a loss, never an error."""
        notice = self._loss_notice(time)
        begun = 0 if notice and stream == Stream.SYSTEM else self._open_length(stream)
        try:
            self._append([*notice, *self._runs(stream, piece, begun, time)], flags)
        except FileExistsError:
            raise
        except OSError as error:
            self._truncated = True
            self._lost += len(piece)
            self._lost_because = error.strerror or type(error).__name__
            self._torn.add(stream)
        else:
            self._torn.discard(stream)

    def _loss_notice(self, time: Instant) -> list[Run]:
        """What the log has to say before anything else: nothing, or that something is missing."""
        if not self._lost:
            return []
        text = f"[tasktrail] {self._lost} bytes of output are lost here: {self._lost_because}\n"
        broken = self._open_length(Stream.SYSTEM) > 0
        return [Run(Stream.SYSTEM, time, broken=broken, text=text.encode())]

    def _runs(self, stream: int, piece: bytes, begun: int, time: Instant) -> list[Run]:
        """`piece` after `begun` bytes of an open line, which is ended where it gets too long."""
        if begun and stream in self._torn:
            return [Run(stream, time, broken=True, text=piece)]
        newline = piece.find(b"\n")
        head = newline if newline >= 0 else len(piece)
        if begun + head <= self._max_line:
            return [Run(stream, time, broken=False, text=piece)]
        border = self._max_line - begun
        full = [Run(stream, time, broken=False, text=piece[:border])] if border else []
        return [*full, Run(stream, time, broken=True, text=piece[border:])]

    def _append(self, runs: list[Run], flags: int) -> None:
        """Write `runs` as one frame, so that all of them are kept or none."""
        self._appender.append(runs, flags=flags | (LOSSY if self._lost else 0), time=runs[0].time)
        self._lost = 0
        for run in runs:
            self._extend_open_line(run)

    def _open_length(self, stream: int) -> int:
        line = self._open.get(stream)
        return line.length if line is not None else 0

    def _extend_open_line(self, run: Run) -> None:
        begun = self._open.pop(run.stream, None)
        length = len(run.text) - run.text.rfind(b"\n") - 1
        if begun is not None and length == len(run.text) and not run.broken:
            length += begun.length
        if length:
            self._open[run.stream] = _OpenLine(length, run.time)

    def _seal(self) -> LogSummary:
        if not self.written:
            return LogSummary()
        if not self._sealed:
            self._append_seal()
            self._sealed = True
        reach(Failpoint.LOG_SEALED)
        if self._compacts:
            persist(self._path, self._appender)
        else:
            self._appender.sync()
        self._appender.close()
        return LogSummary(
            bytes=self._appender.byte_count,
            lines=self._appender.line_count,
            truncated=self._truncated,
        )

    def _append_seal(self) -> None:
        time = self._now()
        if self._lost:
            self._append(self._loss_notice(time), LOSSY)
        if self._beyond_cap:
            text = f"[tasktrail] {self._beyond_cap} bytes were not kept\n".encode()
            broken = self._open_length(Stream.SYSTEM) > 0
            self._append([Run(Stream.SYSTEM, time, broken=broken, text=text)], LOSSY)
            self._beyond_cap = 0
        endings = [
            Run(stream, line.time, broken=True, text=b"")
            for stream, line in sorted(self._open.items())
        ]
        flags = SEAL | (LOSSY if self._truncated else 0)
        self._appender.append(endings, flags=flags, time=time)
