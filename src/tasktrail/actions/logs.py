"""Reading and following the logs of a task."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from tasktrail.actions.beside_loop import beside_loop
from tasktrail.actions.finished_logs import FinishedLogs
from tasktrail.actions.live_logs import LiveLogs
from tasktrail.actions.log_block import (
    LEVELS,
    AttemptLog,
    name_log,
    next_line,
    present_block,
    present_open_text,
    read_blocks,
)
from tasktrail.logs.explanation import explain
from tasktrail.logs.follow import FarLog, OpenText, follow_closely, follow_in_bulk
from tasktrail.logs.hub import LogHub, LogWatch
from tasktrail.logs.line import Stretch
from tasktrail.logs.line_range import WHOLE, Extent, LineRange, last_lines
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.place import LogPlace
from tasktrail.logs.reader import LogReader
from tasktrail.model.stream import Stream

_T = TypeVar("_T")
_READERS = 16
"""Pieces of logs that are read at once. Most readers of a log far away wait for the network."""

Extents = Mapping[AttemptLog, Extent]
"""Logs, in their order, each with the lines of it that are wanted."""


class LogReading:
    """The logs of this installation. What takes long is done beside the event loop, by threads that
    do nothing else: whoever waits for a store that does not answer keeps nobody else waiting."""

    def __init__(
        self,
        place: LogPlace,
        hub: LogHub,
        finished: FinishedLogs,
        live: LiveLogs | None = None,
    ) -> None:
        """`live` are logs that are written elsewhere, if they are: else they are written here."""
        self._place = place
        self._hub = hub
        self._finished = finished
        self._live = live
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="log-reader")

    async def aclose(self) -> None:
        """Read no more; return when what was being read is there, or could not be read."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    def beside_loop(self, steps: Iterator[_T]) -> AsyncGenerator[_T]:
        """What `steps` gives, made by the threads that read logs."""
        return beside_loop(steps, self._threads)

    def open(self, task_id: int, log: AttemptLog) -> LogReader:
        """A reader of one log, to be used beside the event loop: it may be far away."""
        path = self._path(task_id, log)
        if self._live is None and not log.ended:
            return LogReader(path)
        return LogReader(self._finished.file(path, log.step_id, log.attempt))

    async def extents(
        self, task_id: int, logs: Sequence[AttemptLog], wanted: LineRange, tail: int | None = None
    ) -> Extents:
        """Where the wanted lines are in each of the logs; with `tail` only the last ones of all."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._extents, task_id, logs, wanted, tail
        )

    async def extent(self, task_id: int, log: AttemptLog, wanted: LineRange) -> tuple[Extent, int]:
        """Where the wanted lines are in one log, and how many lines it has now."""

        def look() -> tuple[Extent, int]:
            with self.open(task_id, log) as reader:
                return wanted.extent_in(reader), reader.line_count

        return await asyncio.get_running_loop().run_in_executor(self._threads, look)

    async def read(self, task_id: int, extents: Extents) -> AsyncGenerator[dict[str, Any]]:
        """The lines that are there, log by log, in blocks (see `log_block`)."""
        async with aclosing(self.beside_loop(self._blocks(task_id, extents))) as blocks:
            async for block in blocks:
                yield block

    async def follow(
        self, task_id: int, log: AttemptLog, extent: Extent = WHOLE
    ) -> AsyncGenerator[dict[str, Any]]:
        """Blocks of the lines of an attempt from the start of `extent` to the log's end, as they
        come, and beginnings of lines that take a while."""
        start = extent.start
        async with aclosing(self.read(task_id, {log: extent})) as blocks:
            async for block in blocks:
                yield block
                start = next_line(block)
        async with self._growing(task_id, log) as (path, far):
            async for batch in follow_closely(self._hub, path, start, far):
                stretches = [one for one in batch if isinstance(one, Stretch)]
                if stretches:
                    yield present_block(log, stretches)
                for one in batch:
                    if isinstance(one, OpenText):
                        yield present_open_text(log, one.stream, one.text)

    async def follow_in_bulk(
        self, task_id: int, log: AttemptLog, start: int, most: int
    ) -> AsyncGenerator[dict[str, Any]]:
        """Blocks of the lines from number `start` on, as they come, until nobody writes the log;
        each has all that there is, up to about `most` bytes."""
        async with self._growing(task_id, log) as (path, far):
            async for stretches in follow_in_bulk(self._hub, path, start, most, far):
                yield present_block(log, stretches)

    def await_opened(self, task_id: int, log: AttemptLog) -> AbstractContextManager[LogWatch]:
        """Be called when somebody writes the log of an attempt (see `LogHub.await_opened`)."""
        return self._hub.await_opened(self._path(task_id, log))

    async def raw(self, task_id: int, log: AttemptLog) -> AsyncGenerator[dict[str, Any]]:
        """The exact bytes that the processes of an attempt have written.

        Raises:
            LogDamagedError: they cannot be read back; everything before was given.
        """
        async with aclosing(self.beside_loop(self._raw(task_id, log))) as blocks:
            async for block in blocks:
                yield block

    async def explain(self, task_id: int, step_id: int, attempt: int) -> list[dict[str, Any]]:
        """The lines that explain best why an attempt failed."""
        path = self._place.path(task_id, step_id, attempt)
        file = path if self._live is None else self._finished.file(path, step_id, attempt)
        return await asyncio.get_running_loop().run_in_executor(self._threads, _explained, file)

    @asynccontextmanager
    async def _growing(
        self, task_id: int, log: AttemptLog
    ) -> AsyncGenerator[tuple[Path, FarLog | None]]:
        """The path by which the hub tells of a log meanwhile, and where it is if not there."""
        path, live = self._path(task_id, log), self._live
        if live is None:
            yield path, None
            return
        async with live.followed((log.step_id, log.attempt), path):
            file = self._finished.file(path, log.step_id, log.attempt)
            yield path, FarLog(file, self._threads)

    def _extents(
        self, task_id: int, logs: Sequence[AttemptLog], wanted: LineRange, tail: int | None
    ) -> Extents:
        extents: dict[AttemptLog, Extent] = {}
        for log in reversed(logs):
            with self.open(task_id, log) as reader:
                extent = wanted.extent_in(reader)
                if tail is not None:
                    extent, taken = last_lines(extent, tail, reader)
                    tail -= taken
                extents[log] = extent
        return dict(reversed(extents.items()))

    def _blocks(self, task_id: int, extents: Extents) -> Iterator[dict[str, Any]]:
        for log, extent in extents.items():
            with self.open(task_id, log) as reader:
                yield from read_blocks(log, reader, extent)

    def _raw(self, task_id: int, log: AttemptLog) -> Iterator[dict[str, Any]]:
        with self.open(task_id, log) as reader:
            for chunk in reader.raw(Stream.STDOUT, Stream.STDERR):
                yield {"type": "bytes", **name_log(log), "data": b64encode(chunk).decode("ascii")}

    def _path(self, task_id: int, log: AttemptLog) -> Path:
        return self._place.path(task_id, log.step_id, log.attempt)


def _explained(file: Path | LogFile) -> list[dict[str, Any]]:
    with LogReader(file) as reader:
        return [
            {
                "line": telling.line.number,
                "level": LEVELS.get(telling.line.stream, "stdout"),
                "severity": telling.level,
                "text": telling.text,
            }
            for telling in explain(reader)
        ]
