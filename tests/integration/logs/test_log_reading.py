"""Reading logs beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from pathlib import Path

from tasktrail.actions.finished_logs import FinishedLogs
from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.logs import LogReading
from tasktrail.logs.hub import LogHub
from tasktrail.logs.line_range import WHOLE
from tasktrail.logs.place import LogPlace
from tasktrail.logs.stores import LogStores
from tasktrail.model.log_placement import LogPlacement

_READERS = 100
"""More than there are threads of any kind."""


class Faraway:
    """Says where logs are only when it is told to."""

    def __init__(self) -> None:
        self.answer = threading.Event()
        self.lock = threading.Lock()
        self.asked = 0
        self.most_at_once = 0

    def find(self, _step_id: int, _attempt: int) -> LogPlacement | None:
        with self.lock:
            self.asked += 1
            self.most_at_once = max(self.most_at_once, self.asked)
        self.answer.wait()
        with self.lock:
            self.asked -= 1
        return None


async def test_readers_of_logs_far_away_keep_nobody_else_waiting(tmp_path: Path) -> None:
    faraway = Faraway()
    finished = FinishedLogs(faraway.find, LogStores(None, {}))
    reading = LogReading(LogPlace(tmp_path), LogHub(), finished)

    async def read(attempt: int) -> list[object]:
        log = AttemptLog(1, attempt, "job", "step", ended=True)
        async with aclosing(reading.read(1, {log: WHOLE})) as blocks:
            return [block async for block in blocks]

    readers = [asyncio.create_task(read(attempt)) for attempt in range(1, _READERS + 1)]
    try:
        async with asyncio.timeout(30):
            while not faraway.asked:  # noqa: ASYNC110 - it is asked by a thread
                await asyncio.sleep(0.001)
            # What closes the log of a step that has ended, for example, goes to these.
            assert await asyncio.to_thread(lambda: "served") == "served"
    finally:
        faraway.answer.set()
    assert await asyncio.gather(*readers) == [[]] * _READERS
    assert faraway.most_at_once < _READERS

    await reading.aclose()
