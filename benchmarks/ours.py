"""Tasktrail as a contestant: the embedded engine in this process, through its own operations."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contract import Work, take_part
from tasktrail.bootstrap import World, open_world
from tasktrail.local.request import Person, Submission
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind

IN_FLIGHT = 64
"""Submissions under way at once."""

_ROOT = Path(__file__).parent.parent
_AUTHOR = Person(id=1, name="Benchmark")


class Ours:
    """Tasks of an embedded engine. Its event loop runs while something is submitted or awaited."""

    def __init__(self, world: World, runner: asyncio.Runner) -> None:
        self._world = world
        self._runner = runner

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        self._runner.run(self._submit(submission_of(work), count))

    def wait(self) -> None:
        """See `Contestant.wait`."""
        assert self._world.engine is not None
        self._runner.run(self._world.engine.idle())

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        self._runner.run(self._submit(wide_submission(jobs, milliseconds), 1))
        self.wait()

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return []

    async def _submit(self, submission: JsonObject, count: int) -> None:
        left = iter(range(count))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(IN_FLIGHT, count)):
                group.create_task(self._submit_each(submission, left))

    async def _submit_each(self, submission: JsonObject, left: Iterator[int]) -> None:
        for _ in left:
            await self._world.operations.call("submit", submission)


def submission_of(work: Work) -> JsonObject:
    """What is submitted to have some work done."""
    return _submission(_target(work), _inputs(work))


def wide_submission(jobs: int, milliseconds: int) -> JsonObject:
    """What is submitted for one task of many jobs."""
    inputs = {"jobs": str(jobs), "milliseconds": str(milliseconds)}
    return _submission("benchmarks.definitions:wide", inputs)


def file_submission(path: Path) -> JsonObject:
    """What is submitted for a task of a runbook."""
    return _submission(str(path), {})


def _submission(target: str, inputs: dict[str, str]) -> JsonObject:
    return Submission(
        author=AuthorKind.USER, user=_AUTHOR, target=target, root=str(_ROOT), inputs=inputs
    ).arguments()


def _target(work: Work) -> str:
    if work.lock is not None:
        return f"benchmarks.definitions:{'holding' if work.arguments else 'locked'}"
    if work.function == "shell":
        return "benchmarks/shell.yml"
    module = "definitions" if work.function == "failing" else "work"
    return f"benchmarks.{module}:{work.function}"


def _inputs(work: Work) -> dict[str, str]:
    inputs = {name: str(value) for name, value in work.arguments.items()}
    return inputs if work.lock is None else {"lock": work.lock, **inputs}


@contextmanager
def opened(directory: Path) -> Generator[Ours]:
    """An engine on the data directory `data` in `directory`, with the settings as they come."""
    world = open_world(directory / "data", engine=True)
    with asyncio.Runner() as runner:
        entered = runner.run(world.__aenter__())
        try:
            yield Ours(entered, runner)
        finally:
            runner.run(world.__aexit__(None, None, None))


if __name__ == "__main__":
    take_part(opened)
