"""Tasktrail with the Temporal engine as a contestant: PostgreSQL, the Temporal server that bare
Temporal has as well, a control process in this one, and workers in others.

CLUSTER_WORKERS (1) and CLUSTER_SLOTS (as many as of every contestant) come from the environment.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, func, select
from temporalio.client import Client

from benchmarks.contract import WORKERS, Work, take_part
from benchmarks.ours import IN_FLIGHT, submission_of, wide_submission
from benchmarks.peers.postgresql import postgresql
from benchmarks.peers.programs import running
from benchmarks.peers.temporal_workflows import connected, server
from benchmarks.terms import from_environment
from tasktrail.actions.ledger import Decided
from tasktrail.actions.shared_installation import KeyFor, SharedInstallation
from tasktrail.bootstrap import World, open_world, serve_http
from tasktrail.engine.temporal.calls import workflow_id
from tasktrail.engine.temporal.payloads import data_converter
from tasktrail.local.identity_request import NewWorkerKey
from tasktrail.local.transport import JsonObject
from tasktrail.model.status import Status
from tasktrail.store.store import Store
from tasktrail.store.tables import tasks

_READY = "A worker of the pool"
_LOOKED_EVERY = 0.05


class OurCluster:
    """Tasks have ended when the records say so, and their workflows when the server does."""

    def __init__(
        self, runner: asyncio.Runner, world: World, client: Client, postgresql: int
    ) -> None:
        self.world = world
        self.client = client
        self.runner = runner
        self.postgresql = postgresql
        """The first process of the database."""
        self._submitted: list[int] = []
        self._ended: set[int] = set()
        self._one_ended = asyncio.Event()
        world.installation.decisions.subscribe(self._note)
        self.done: list[int] = []
        """The tasks that have been waited for."""

    @property
    def own(self) -> SharedInstallation:
        """The installation."""
        assert self.world.own is not None
        return self.world.own

    @property
    def store(self) -> Store:
        """The records."""
        return self.world.installation.decisions.store

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        self.submit_each(submission_of(work), count)

    def submit_each(self, submission: JsonObject, count: int) -> None:
        """Hand in `count` tasks that are submitted alike."""
        self.runner.run(self._submit(submission, count))

    def wait(self) -> None:
        """See `Contestant.wait`."""
        self.runner.run(self._wait())

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        self.submit_each(wide_submission(jobs, milliseconds), 1)
        self.wait()

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return [self.postgresql]

    async def _submit(self, submission: JsonObject, count: int) -> None:
        left = iter(range(count))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(IN_FLIGHT, count)):
                group.create_task(self._submit_some(submission, left))

    async def _submit_some(self, submission: JsonObject, left: Iterator[int]) -> None:
        for _ in left:
            answer = await self.world.operations.call("submit", submission)
            self._submitted.append(cast("dict[str, int]", answer)["taskId"])

    async def _wait(self) -> None:
        submitted, self._submitted = self._submitted, []
        while not self._ended.issuperset(submitted):
            self._one_ended.clear()
            await self._one_ended.wait()
        for first in range(0, len(submitted), IN_FLIGHT):
            await asyncio.gather(*map(self._closed, submitted[first : first + IN_FLIGHT]))
        self.done += submitted
        done = await self.store.read(lambda one: _done(one, self.done))
        if done != len(self.done):
            raise AssertionError(f"only {done} of {len(self.done)} tasks are recorded as done")

    def _note(self, decided: Decided) -> None:
        """A task ends by a decision that is made in this process: nobody need ask for it."""
        if decided.task.status.final:
            self._ended.add(decided.task.id)
            self._one_ended.set()

    async def _closed(self, task_id: int) -> None:
        await self.client.get_workflow_handle(workflow_id(self.own.name, task_id)).result()


def _done(connection: Connection, ids: list[int]) -> int:
    counted = select(func.count()).where(tasks.c.id >= min(ids), tasks.c.status == Status.DONE)
    return connection.execute(counted).scalar_one()


@contextmanager
def opened(directory: Path) -> Generator[OurCluster]:
    """Everything is in `directory`, with the settings as they come."""
    with (
        postgresql(directory / "postgresql") as database,
        server(directory) as temporal,
        asyncio.Runner() as runner,
        ExitStack() as stack,
    ):
        runner.run(connected(temporal))
        control = _control(directory / "control", database.address, temporal)
        world, url, key = runner.run(control.__aenter__())
        stack.callback(lambda: runner.run(control.__aexit__(None, None, None)))
        key_file = directory / "worker.key"
        key_file.touch(mode=0o600)
        key_file.write_text(key)
        logs: list[Path] = []
        for number in range(from_environment("CLUSTER_WORKERS", 1)):
            log = directory / f"worker-{number}.log"
            options = ("--url", url, "--temporal", temporal, "--key-file", str(key_file))
            stack.enter_context(running(_worker(directory / f"worker-{number}", options), log))
            logs.append(log)
        runner.run(_until_ready(logs))
        client = runner.run(_client(world, temporal))
        yield OurCluster(runner, world, client, database.process)


def _worker(data: Path, options: tuple[str, ...]) -> tuple[str, ...]:
    slots = str(from_environment("CLUSTER_SLOTS", WORKERS))
    program = (sys.executable, "-m", "tasktrail", "--data", str(data), "worker")
    return (*program, "--pool", "default", "--slots", slots, *options)


@asynccontextmanager
async def _control(
    data: Path, database: str, temporal: str
) -> AsyncGenerator[tuple[World, str, str]]:
    """A control process, where it serves the API, and a key for workers."""
    data.mkdir()
    (data / "config.toml").write_text(
        f'engine = "temporal"\ndatabase = "{database}"\nlog_store = "{data.parent / "logs"}"\n'
        f'[temporal]\naddress = "{temporal}"\n'
    )
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(data, engine=True))
        server = await stack.enter_async_context(serve_http(world, "127.0.0.1:0", "benchmark"))
        wish = NewWorkerKey(pool="default").arguments()
        answer = await world.operations.call("createWorkerKey", wish)
        yield world, server.url, cast("dict[str, str]", answer)["secret"]


async def _client(world: World, temporal: str) -> Client:
    """One that reads what the installation has written."""
    assert world.own is not None
    converter = data_converter(world.own.key(KeyFor.PAYLOADS))
    return await Client.connect(temporal, data_converter=converter)


async def _until_ready(logs: list[Path]) -> None:
    async with asyncio.timeout(120):
        while not all(_READY in log.read_text() for log in logs):
            await asyncio.sleep(_LOOKED_EVERY)


if __name__ == "__main__":
    os.environ.pop("TASKTRAIL_URL", None)
    take_part(opened)
