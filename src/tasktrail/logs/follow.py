"""Follows a log: all of its lines, then each new one, until it is finished."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from tasktrail.logs.cursor import LogCursor
from tasktrail.logs.hub import LogHub, LogWatch
from tasktrail.logs.line import Line, Stretch
from tasktrail.logs.log_file import LogFile
from tasktrail.logs.reader import LogReader

_T = TypeVar("_T")

_PATIENCE = 0.2
"""Seconds after which the beginning of a line that is not completed is worth showing."""
_LONGEST_BEGINNING = 16 * 1024
"""Bytes of an open line that are shown at most: no prompt is longer."""


class OpenText(NamedTuple):
    """What `stream` has written of a line that is not completed, after what was told before."""

    stream: int
    text: str


async def follow(hub: LogHub, path: Path, start: int = 1) -> AsyncIterator[list[Line]]:
    """The lines from number `start` on, in batches as they come.

    Ends when the log is sealed and read to its end. A log that no writer of this process has open,
    finished or left over from a crash, is given as it is.
    """
    async for batch in follow_closely(hub, path, start):
        lines = [line for one in batch if isinstance(one, Stretch) for line in one.lines()]
        if lines:
            yield lines


class FarLog(NamedTuple):
    """A log that is not at its path, and the threads that read it: it may be far away."""

    file: LogFile
    threads: Executor


async def follow_closely(
    hub: LogHub, path: Path, start: int = 1, far: FarLog | None = None
) -> AsyncIterator[list[Stretch] | list[OpenText]]:
    """Like `follow`; beginnings of lines too, such as a prompt, a moment after they were written.

    The line comes whole when it is completed. `hub` tells of the log by its path also when it is
    somewhere else.
    """
    with hub.watch(path) as watch, LogReader(path if far is None else far.file) as reader:
        cursor = await _done(far, partial(reader.cursor, start))
        beginnings = _Beginnings(cursor)
        while True:
            ended = watch.ended
            while batch := await _done(far, cursor.read_stretches):
                beginnings.completed(batch)
                yield batch
                await asyncio.sleep(0)  # a long log must not keep others from their turn
            if ended or cursor.ended:
                return
            if await beginnings.due(watch) and (told := beginnings.new()):
                yield told


async def follow_in_bulk(
    hub: LogHub, path: Path, start: int, most: int, far: FarLog | None = None
) -> AsyncIterator[list[Stretch]]:
    """Like `follow`, for whoever takes a while between two batches: each has all lines that there
    are by then, up to about `most` bytes of text."""
    with hub.watch(path) as watch, LogReader(path if far is None else far.file) as reader:
        cursor = await _done(far, partial(reader.cursor, start))
        while True:
            ended = watch.ended
            while batch := await _done(far, partial(_gathered, cursor, most)):
                yield batch
            if ended or cursor.ended:
                return
            await watch.wait_grown()


async def _done(far: FarLog | None, read: Callable[[], _T]) -> _T:
    if far is None:
        return read()
    return await asyncio.get_running_loop().run_in_executor(far.threads, read)


def _gathered(cursor: LogCursor, most: int) -> list[Stretch]:
    gathered: list[Stretch] = []
    size = 0
    while size < most and (batch := cursor.read_stretches()):
        gathered += batch
        size += sum(len(stretch.text) + 1 for stretch in batch)
    return gathered


class _Beginnings:
    """Which part of the open lines was told already."""

    def __init__(self, cursor: LogCursor) -> None:
        self._cursor = cursor
        self._told: dict[int, int] = {}
        """Bytes by stream."""
        self._look_at: float | None = asyncio.get_running_loop().time()

    def completed(self, batch: list[Stretch]) -> None:
        """Lines were completed: what follows on their streams are others."""
        for stretch in batch:
            self._told.pop(stretch.stream, None)
        if not self._cursor.open_texts():
            self._look_at = None

    async def due(self, watch: LogWatch) -> bool:
        """Return when the log has grown, or when it is time to look for beginnings: True.

        It is a moment after the first growth since the last look, however much has come since.
        """
        now = asyncio.get_running_loop().time()
        if self._look_at is not None and self._look_at <= now:
            self._look_at = None
            return True
        try:
            async with asyncio.timeout_at(self._look_at):
                await watch.wait_grown()
        except TimeoutError:
            self._look_at = None
            return True
        if self._look_at is None:
            self._look_at = asyncio.get_running_loop().time() + _PATIENCE
        return False

    def new(self) -> list[OpenText]:
        """What was not told yet; an incomplete character at the end waits for its rest."""
        texts: list[OpenText] = []
        for stream, begun in self._cursor.open_texts().items():
            told = self._told.get(stream, 0)
            if len(begun) > _LONGEST_BEGINNING:
                continue
            text, length = codecs.utf_8_decode(begun[told:], "replace")
            if text:
                self._told[stream] = told + length
                texts.append(OpenText(stream, text))
        return texts
