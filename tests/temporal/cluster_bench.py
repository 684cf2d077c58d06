"""A cluster of processes of their own, and what tests do with it as people at its machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx2

from cluster.cluster import Cluster, Control
from cluster.program import Program
from tasktrail.local.log_shape import TaskChanged, WatchedItem
from tasktrail.local.request import Checkup, Person, Submission, TaskSelection, WatchSelection
from tasktrail.local.shape import Step, Task, read
from tasktrail.model.author import AuthorKind

LONGEST = 60.0
"""Seconds after which what is waited for will not come."""


class ClusterBench(Cluster):
    """A cluster of which nothing is started yet, with short calls."""

    def __init__(self, directory: Path, database: str) -> None:
        super().__init__(directory, durable=True)
        self._database = database

    def next_control(self, settings: str = "") -> Control:
        """One more control process, not started, with `settings` as lines of its config.toml."""
        return self.control(self._database, settings)

    async def next_worker(self, name: str, *options: str, slots: int = 4) -> Program:
        """One more worker of the default pool, not started."""
        return await self.worker(name, "default", slots, self.controls[0].url, *options)

    def runbook(self, name: str, jobs: str) -> None:
        """Put a definition into the catalog."""
        (self.catalog / f"{name}.yml").write_text(f"name: {name}\n{jobs}")

    async def submit(self, name: str) -> int:
        """A new task of a definition of the catalog; its id."""
        async with self.local() as client:
            by = Person(id=0, name="test")
            root = str(self.catalog)
            return await client.submit(
                Submission(author=AuthorKind.USER, user=by, target=name, root=root)
            )

    async def task(self, task_id: int) -> Task:
        """A task as it stands."""
        async with self.local() as client:
            return read(await client.task(TaskSelection(id=task_id)), Task)

    async def until(self, task_id: int, reached: Callable[[Task], bool]) -> Task:
        """The first state seen of a task that is as wanted."""
        async with self.local() as client, asyncio.timeout(LONGEST):
            watched = client.watch(WatchSelection(id=task_id))
            async with aclosing(cast("AsyncGenerator[WatchedItem]", watched)) as items:
                async for item in items:
                    if isinstance(item, TaskChanged) and reached(item.task):
                        return item.task
        raise AssertionError(f"task {task_id} ended without that: {await self.task(task_id)}")

    async def ended(self, task_id: int) -> Task:
        """A task once it has ended."""
        return await self.until(task_id, lambda task: task.status.final)

    async def engine_fact(self) -> dict[str, Any]:
        """What the doctor says of the engine."""
        async with self.local() as client:
            facts = await client.doctor(Checkup())
        return next(fact for fact in facts if fact["name"] == "engine")


@asynccontextmanager
async def cluster_bench(directory: Path, database: str) -> AsyncGenerator[ClusterBench]:
    """A cluster in a directory, of which nothing runs any more at the end."""
    bench = ClusterBench(directory, database)
    try:
        yield bench
    finally:
        bench.kill()


async def readiness(control: Control) -> dict[str, Any]:
    """What a control process says of being ready; it is."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{control.url}/readyz")
    assert answer.status_code == 200
    return answer.json()


def step_of(task: Task) -> Step:
    """The only step of a task."""
    ((step,),) = (job.steps for job in task.jobs)
    return step


async def until_said(
    program: Program, pattern: str, *, times: int = 1, patience: float = LONGEST
) -> None:
    """Return once a program has said so often, in all its lives, what matches `pattern`."""
    async with asyncio.timeout(patience):
        while True:
            if len(re.findall(pattern, program.words)) >= times:
                return
            await asyncio.sleep(0.02)  # a file that grows tells nobody
