"""DBOS on SQLite: a library, so that its workflows of one step run in this process."""

# The packages of peers are not installed where types are checked, so nothing is known of theirs.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dbos import DBOS, WorkflowHandle

from benchmarks import work
from benchmarks.contract import WORKERS, NotOfferedError, Work, take_part


@DBOS.step()
def perform(function: str, arguments: dict[str, str | int]) -> None:
    """Run a function of `benchmarks.work`."""
    getattr(work, function)(**arguments)


@DBOS.workflow()
def single(function: str, arguments: dict[str, str | int]) -> None:
    """A task of one step."""
    perform(function, arguments)


@DBOS.step()
async def pause(milliseconds: int) -> None:
    """A part of a wide task."""
    await asyncio.sleep(milliseconds / 1000)


@DBOS.workflow()
async def parallel(jobs: int, milliseconds: int) -> None:
    """A task of many steps; no more at once than the others have workers."""
    for first in range(0, jobs, WORKERS):
        number = min(WORKERS, jobs - first)
        await asyncio.gather(*(pause(milliseconds) for _ in range(number)))


class Dbos:
    """Workflows of this process; one has ended when its result is stored."""

    def __init__(self) -> None:
        self._handles: list[WorkflowHandle] = []

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        if work.lock is not None:
            raise NotOfferedError("its one-at-a-time queues are polled once a second")
        for _ in range(count):
            handle = DBOS.start_workflow(single, work.function, dict(work.arguments))
            self._handles.append(handle)

    def wait(self) -> None:
        """See `Contestant.wait`."""
        for handle in self._handles:
            handle.get_result()
        self._handles.clear()

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        asyncio.run(parallel(jobs, milliseconds))

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return []


@contextmanager
def opened(directory: Path) -> Generator[Dbos]:
    """A system database in `directory`."""
    DBOS(
        config={
            "name": "benchmark",
            "system_database_url": f"sqlite:///{directory / 'dbos.sqlite'}",
            "log_level": "ERROR",
            "max_executor_threads": WORKERS,
        }
    )
    DBOS.launch()
    try:
        yield Dbos()
    finally:
        DBOS.destroy()


if __name__ == "__main__":
    take_part(opened)
