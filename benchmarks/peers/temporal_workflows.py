"""The Temporal CLI server on a file, with a worker of the Python SDK in another process."""

from __future__ import annotations

import asyncio
import socket
import sys
import uuid
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from benchmarks import work
from benchmarks.contract import WORKERS, NotOfferedError, Work, take_part
from benchmarks.peers.programs import program, running

_QUEUE = "benchmark"
_IN_FLIGHT = 64
_LIMIT = timedelta(minutes=5)


@activity.defn
def perform(function: str, arguments: dict[str, str | int]) -> None:
    """Run a function of `benchmarks.work`."""
    getattr(work, function)(**arguments)


@workflow.defn
class Single:
    """A task of one activity."""

    @workflow.run
    async def run(self, function: str, arguments: dict[str, str | int]) -> None:
        """See the class."""
        await workflow.execute_activity(
            perform, args=[function, arguments], start_to_close_timeout=_LIMIT
        )


@workflow.defn
class Wide:
    """A task of many activities."""

    @workflow.run
    async def run(self, jobs: int, milliseconds: int) -> None:
        """See the class."""
        pause = ["pause", {"milliseconds": milliseconds}]
        await asyncio.gather(
            *(
                workflow.execute_activity(perform, args=pause, start_to_close_timeout=_LIMIT)
                for _ in range(jobs)
            )
        )


class Temporal:
    """Workflows of a server; one has ended when the server says so."""

    def __init__(self, runner: asyncio.Runner, client: Client) -> None:
        self._runner = runner
        self._client = client
        self._handles: list[WorkflowHandle[Any, None]] = []

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        if work.lock is not None:
            raise NotOfferedError("workflows have no locks")
        arguments: list[object] = [work.function, dict(work.arguments)]
        self._runner.run(self._submit(arguments, count))

    def wait(self) -> None:
        """See `Contestant.wait`."""
        self._runner.run(self._wait())

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        self._runner.run(self._execute(jobs, milliseconds))

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return []

    async def _submit(self, arguments: list[object], count: int) -> None:
        left = iter(range(count))

        async def submit_each() -> None:
            for _ in left:
                handle = await self._client.start_workflow(
                    Single.run, args=arguments, id=uuid.uuid4().hex, task_queue=_QUEUE
                )
                self._handles.append(handle)

        await asyncio.gather(*(submit_each() for _ in range(min(_IN_FLIGHT, count))))

    async def _wait(self) -> None:
        handles, self._handles = self._handles, []
        for first in range(0, len(handles), _IN_FLIGHT):
            await asyncio.gather(*(one.result() for one in handles[first : first + _IN_FLIGHT]))

    async def _execute(self, *arguments: int) -> None:
        await self._client.execute_workflow(
            Wide.run, args=arguments, id=uuid.uuid4().hex, task_queue=_QUEUE
        )


@contextmanager
def opened(directory: Path) -> Generator[Temporal]:
    """A server with its database in `directory`, and a worker."""
    with server(directory) as address, asyncio.Runner() as runner:
        client = runner.run(connected(address))
        worker = (sys.executable, "-m", "benchmarks.peers.temporal_workflows", "worker", address)
        with running(worker, directory / "worker-log"):
            yield Temporal(runner, client)


@contextmanager
def server(directory: Path) -> Generator[str]:
    """The address of a server, which may not answer yet, with its database in `directory`."""
    port = _free_port()
    command = (
        *(program("temporal"), "server", "start-dev", "--headless", "--log-level", "error"),
        *("--port", str(port), "--db-filename", str(directory / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"),
    )
    with running(command, directory / "server-log"):
        yield f"127.0.0.1:{port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def connected(address: str) -> Client:
    """A client, once the server answers.

    Raises:
        RuntimeError, RPCError: it does not in a minute.
    """
    give_up = asyncio.get_running_loop().time() + 60
    while True:
        try:
            return await Client.connect(address)
        except (RuntimeError, RPCError):
            if asyncio.get_running_loop().time() > give_up:
                raise
            await asyncio.sleep(0.02)


async def _work(address: str) -> None:
    with ThreadPoolExecutor(WORKERS) as threads:
        await Worker(
            await Client.connect(address),
            task_queue=_QUEUE,
            workflows=[Single, Wide],
            activities=[perform],
            activity_executor=threads,
            max_concurrent_activities=WORKERS,
            # The sandbox costs time, and there is nothing here that it would find.
            workflow_runner=UnsandboxedWorkflowRunner(),
        ).run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        asyncio.run(_work(sys.argv[2]))
    else:
        take_part(opened)
