"""Logs that workers elsewhere write, taken in on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from contract.store_bench import Bench
from tasktrail.actions.finished_logs import FinishedLogs, find_in
from tasktrail.actions.live_logs import LiveLogs
from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.log_erasure import LogErasure
from tasktrail.actions.logs import LogReading
from tasktrail.engine.chunk_merging import ChunkMerging
from tasktrail.engine.live_log_upkeep import LiveLogUpkeep
from tasktrail.engine.log_joining import LogJoining
from tasktrail.engine.log_shipment import LogShipment
from tasktrail.engine.stored_log_intake import StoredLogIntake, live_prefix
from tasktrail.logs.hub import LogHub
from tasktrail.logs.line_range import LineRange
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.stores import LogStores
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

PREFIX = "shop"
WHOLE_LOG = LineRange()


@dataclass
class Process:
    """One of several processes that take in and read the same logs."""

    bench: Bench
    intake: StoredLogIntake
    upkeep: LiveLogUpkeep
    merging: ChunkMerging
    live: LiveLogs
    reading: LogReading
    stores: LogStores

    async def lines(self, name: LogName, *, ended: bool = False) -> list[str]:
        """All lines that there are, as this process reads them."""
        log = attempt_log(name, ended=ended)
        extents = await self.reading.extents(name.task_id, [log], WHOLE_LOG)
        found: list[str] = []
        async for block in self.reading.read(name.task_id, extents):
            found += block["text"].split("\n")
        return found

    async def followed(self, name: LogName) -> list[str]:
        """All lines, as they come, to the end of the log."""
        found: list[str] = []
        async for block in self.reading.follow_in_bulk(
            name.task_id, attempt_log(name), 1, 1_000_000
        ):
            found += block["text"].split("\n")
        return found


@asynccontextmanager
async def process(
    bench: Bench, url: str, options: dict[str, str], here: Path
) -> AsyncGenerator[Process]:
    """A process with a directory of its own."""
    store = bench.store
    stores, hub, place = LogStores(url, options), LogHub(), LogPlace(here / "logs")
    live = LiveLogs(store, stores, hub)
    finished = FinishedLogs(find_in(store), stores, live)
    reading = LogReading(place, hub, finished, live)
    target = stores.configured
    assert target is not None
    erasure = LogErasure(store, place, stores, PREFIX, bench.tick)
    joining_place = LogPlace(here / "joining")
    shipment = LogShipment(store, joining_place, target, erasure, PREFIX, bench.tick)
    joining = LogJoining(store, stores, joining_place, shipment, partial(live_prefix, PREFIX))
    intake = StoredLogIntake(store, stores, live, joining, PREFIX, bench.tick)
    merging = ChunkMerging(store, stores, partial(live_prefix, PREFIX))
    upkeep = LiveLogUpkeep(intake, joining, merging, bench.tick)
    yield Process(bench, intake, upkeep, merging, live, reading, stores)
    await reading.aclose()
    await live.aclose()


def attempt_log(name: LogName, *, ended: bool = False) -> AttemptLog:
    return AttemptLog(name.step_id, name.attempt, "job", "step 1", ended)


async def running(bench: Bench) -> LogName:
    """The log of an attempt that has just begun."""
    task_id = await bench.submit()
    claimed = await bench.claim(task_id)
    return LogName(task_id, claimed.step_id, claimed.attempt)


class WorkerLog:
    """The log that a worker writes on its disk, as it is before it is rewritten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = LogWriter(path, clock=lambda: Instant(0))
        self._times = 0

    def say(self, *lines: str) -> bytes:
        """Write lines in one piece; what has come to the file."""
        before = self.size
        self._writer.write(1, "".join(f"{line}\n" for line in lines).encode())
        return self._path.read_bytes()[before:]

    @property
    def size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    @property
    def content(self) -> bytes:
        return self._path.read_bytes()

    def close(self) -> bytes:
        """Seal it; what has come to the file. It must be too short to be rewritten."""
        before = self.size
        self.summary = self._writer.close()
        return self._path.read_bytes()[before:]


async def until_followed(process: Process, name: LogName) -> None:
    """Return once somebody follows the log in this process."""
    while (name.step_id, name.attempt) not in process.live._followed:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.005)
