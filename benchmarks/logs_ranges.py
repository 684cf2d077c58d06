"""P5: any 200 lines of a large log, while it is written, when it is finished, and in a store."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.logs_reading import Reading, bare_read, log_path, reading, s3, upload
from benchmarks.logs_text import MIB, GrowingLog, lines
from benchmarks.memory import HighWater
from tasktrail.logs.reader import LogReader

COUNT = 200
"""Lines that are read at once."""
LIVE, SEALED, REMOTE, BARE = (
    "while it is written",
    "finished, a file",
    "finished, in S3",
    "one range of S3, bare",
)
_READS = 400
_REMOTE_READS = 100
_LARGEST_REMOTE = 1000 * MIB
"""Bytes of text: the S3 server of the tests reads an object as a whole for each range of it."""
_RANGE = 512 * 1024

Milliseconds = dict[str, list[float]]


def measure(directory: Path, size: int, begin: Callable[[str], None]) -> tuple[Milliseconds, float]:
    """Milliseconds of each read, by where the log is; and the memory that reading took, in MiB."""
    path = log_path(directory)
    begin(f"a log of {size // MIB} MiB")
    log = GrowingLog(path, size)
    log.fill(size)
    memory = HighWater()
    begin(LIVE)
    taken: Milliseconds = {LIVE: _while_written(directory, log)}
    count = log.close()
    begin(SEALED)
    taken[SEALED] = asyncio.run(_local(directory, count, ended=True))
    mebibytes = memory.mib()
    begin(REMOTE)
    if size > _LARGEST_REMOTE:
        path.unlink()
        smaller = directory / "smaller"
        path = log_path(smaller)
        log = GrowingLog(path, _LARGEST_REMOTE)
        log.fill(_LARGEST_REMOTE)
        count = log.close()
    taken |= asyncio.run(_remote(path, count))
    return taken, mebibytes


def _while_written(directory: Path, log: GrowingLog) -> list[float]:
    """Read while some 5 MB a second are added."""
    ended = threading.Event()
    text = lines()[: 64 * 1024]

    def add() -> None:
        while not ended.wait(0.0125):
            log.write(text)

    writing = threading.Thread(target=add)
    writing.start()
    try:
        with LogReader(log_path(directory)) as reader:
            count = reader.line_count
        return asyncio.run(_local(directory, count, ended=False))
    finally:
        ended.set()
        writing.join()


async def _local(directory: Path, count: int, *, ended: bool) -> list[float]:
    async with reading(directory, ended=ended) as one:
        return await _reads(one, count, _READS)


async def _remote(path: Path, count: int) -> Milliseconds:
    size = path.stat().st_size
    with s3() as stores:
        store = await upload(stores, path)
        async with reading(path.parent, ended=True, stores=stores, size=size) as one:
            remote = await _reads(one, count, _REMOTE_READS)
        bare: list[float] = []
        for _ in range(_REMOTE_READS):
            offset = random.randrange(size - _RANGE)  # noqa: S311
            start = time.perf_counter()
            assert await asyncio.to_thread(bare_read, store, offset, _RANGE) == _RANGE
            bare.append((time.perf_counter() - start) * 1000)
    return {REMOTE: remote, BARE: bare}


async def _reads(one: Reading, count: int, times: int) -> list[float]:
    taken: list[float] = []
    for _ in range(times):
        first = random.randrange(1, count - COUNT)  # noqa: S311
        start = time.perf_counter()
        assert await one.lines(first, COUNT) == COUNT
        taken.append((time.perf_counter() - start) * 1000)
    return taken
