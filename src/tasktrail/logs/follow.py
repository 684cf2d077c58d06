"""Follows a log: all of its lines, then each new one, until it is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from tasktrail.logs.hub import LogHub
from tasktrail.logs.line import Line
from tasktrail.logs.reader import LogReader


async def follow(hub: LogHub, path: Path, start: int = 1) -> AsyncIterator[list[Line]]:
    """The lines from number `start` on, in batches as they come.

    Ends when the log is sealed and read to its end. A log that no writer of this process has open,
    finished or left over from a crash, is given as it is.
    """
    with hub.watch(path) as watch, LogReader(path) as reader:
        cursor = reader.cursor(start)
        while True:
            ended = watch.ended
            while batch := cursor.read():
                yield batch
                await asyncio.sleep(0)  # a long log must not keep others from their turn
            if ended or cursor.ended:
                return
            await watch.wait_grown()
