"""Reading logs as the operations of an engine do, without records: they are told where logs are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from s3_server import CREDENTIALS, S3Server

from tasktrail.actions.finished_logs import FinishedLogs
from tasktrail.actions.log_block import AttemptLog
from tasktrail.actions.log_search import SearchedLogs
from tasktrail.actions.logs import LogReading
from tasktrail.logs.hub import LogHub
from tasktrail.logs.line_range import WHOLE, Extent
from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.pattern import Pattern
from tasktrail.logs.place import LogPlace
from tasktrail.logs.segment import index_key, index_path
from tasktrail.logs.stores import LogStores
from tasktrail.store.log_places import LogPlacement

_TASK, _STEP = 1, 1
_KEY = "benchmark/log"


class Reading:
    """The log of one attempt, while it is written or when it is finished."""

    def __init__(self, logs: LogReading, *, ended: bool) -> None:
        self._logs = logs
        self._log = AttemptLog(_STEP, 1, "job", "step", ended)

    async def lines(self, first: int, count: int) -> int:
        """How many of `count` lines from number `first` on were given."""
        wanted = {self._log: Extent(first, first + count - 1)}
        async with aclosing(self._logs.read(_TASK, wanted)) as blocks:
            return sum([sum(run["count"] for run in block["runs"]) async for block in blocks])

    async def first_hit(self, pattern: Pattern) -> dict[str, Any] | None:
        """The first line in which it is found."""
        searched = SearchedLogs(self._logs, _TASK, {self._log: WHOLE})
        async with aclosing(searched.find(pattern, 0)) as blocks:
            async for block in blocks:
                return block["lines"][0]
        return None


def log_path(directory: Path) -> Path:
    """Where the log is that `reading` reads."""
    return LogPlace(directory).path(_TASK, _STEP, 1)


@asynccontextmanager
async def reading(
    directory: Path, *, ended: bool, stores: LogStores | None = None, size: int = 0
) -> AsyncGenerator[Reading]:
    """Reads the log in `directory`; with `stores`, the one of `size` bytes that was uploaded."""
    url = "s3://logs/benchmark"
    place = LogPlacement(task_id=_TASK, step_id=_STEP, attempt=1, store=url, key=_KEY, size=size)
    finished = FinishedLogs(
        lambda _step, _attempt: place if stores else None, stores or LogStores(None, {})
    )
    here = directory if stores is None else directory / "nothing"
    logs = LogReading(LogPlace(here), LogHub(), finished)
    try:
        yield Reading(logs, ended=ended)
    finally:
        await logs.aclose()


@contextmanager
def s3() -> Generator[LogStores]:
    """A store of logs in an S3 server on this machine."""
    os.environ |= CREDENTIALS
    with tempfile.TemporaryDirectory() as directory:
        server = S3Server(Path(directory))
        server.start()
        try:
            server.make_bucket("logs")
            yield LogStores("s3://logs/benchmark", server.options)
        finally:
            server.stop()


async def upload(stores: LogStores, path: Path) -> ObjectStore:
    """Put the log at `path` into the configured store, as an engine does."""
    store = stores.configured
    assert store is not None
    await store.upload(index_key(_KEY), index_path(path))
    await store.upload(_KEY, path)
    return store


def bare_read(store: ObjectStore, offset: int, length: int) -> int:
    """Read a range of the uploaded log and nothing else; its length."""
    return len(store.read(_KEY, offset, length))
