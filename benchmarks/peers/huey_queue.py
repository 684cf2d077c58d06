"""Huey on SQLite with fsync: submitted here, run by its consumer, a process with threads."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.contract import WORKERS, NotOfferedError, Work, take_part
from benchmarks.peers.programs import program, running, until


class Huey:
    """Tasks of a queue; a task has ended when its result is stored."""

    def __init__(self, file: Path) -> None:
        from benchmarks.peers.huey_tasks import perform

        self._perform = perform
        self._file = file
        self._submitted = 0

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        if work.lock is not None:
            raise NotOfferedError("tasks cannot wait for a lock")
        for _ in range(count):
            self._perform(work.function, dict(work.arguments))
        self._submitted += count

    def wait(self) -> None:
        """See `Contestant.wait`."""
        with closing(sqlite3.connect(self._file)) as connection:
            count = "SELECT count(*) FROM kv"
            until(lambda: connection.execute(count).fetchone()[0] >= self._submitted)

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        del jobs, milliseconds
        raise NotOfferedError("tasks have no parts")

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return []


@contextmanager
def opened(directory: Path) -> Generator[Huey]:
    """A queue in a file of `directory`, and its consumer."""
    file = directory / "huey.db"
    os.environ["BENCHMARK_HUEY_FILE"] = str(file)
    consumer = (program("huey_consumer"), "benchmarks.peers.huey_tasks.queue", "-q")
    with running((*consumer, "-w", str(WORKERS)), directory / "log", {"PYTHONPATH": "."}):
        yield Huey(file)


if __name__ == "__main__":
    take_part(opened)
