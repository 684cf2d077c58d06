"""Control processes, workers and a Temporal server on this machine, on one PostgreSQL database."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cluster.program import Program
from cluster.temporal_server import TemporalServer, free_port
from tasktrail.local.client import Client
from tasktrail.local.identity_request import NewKey, NewUser, NewWorkerKey
from tasktrail.local.socket_transport import SocketTransport
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind

_TASKTRAIL = (sys.executable, "-m", "tasktrail")


@dataclass(frozen=True)
class Control:
    """A control process. `url` is where it serves the API, in all its lives."""

    program: Program
    data: Path
    url: str


class Cluster:
    """Everything is in `directory`; with `durable` also what Temporal knows, which outlives it.

    What it has started is killed by `kill`.
    """

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.directory = directory
        self.catalog = directory / "catalog"
        self.catalog.mkdir(parents=True)
        self.logs = directory / "logs"
        """The log store."""
        self.temporal = TemporalServer(
            directory / "temporal.said", directory / "temporal.db" if durable else None
        )
        self.controls: list[Control] = []
        self.workers: dict[str, Program] = {}
        self._worker_keys: dict[str, Path] = {}

    def control(self, database: str, settings: str = "") -> Control:
        """One more control process, not started, with `settings` as lines of its config.toml."""
        name = f"control-{len(self.controls) + 1}"
        data = self.directory / name
        data.mkdir(mode=0o700)
        (data / "config.toml").write_text(
            f'definitions = ["{self.catalog}"]\nlog_store = "{self.logs}"\n{settings}'
        )
        listen = f"127.0.0.1:{free_port()}"
        command = (
            *_TASKTRAIL,
            "--data",
            data,
            "up",
            *("--engine", "temporal"),
            *("--database", database),
            *("--temporal", self.temporal.address),
            *("--listen", listen),
        )
        program = Program(command, data.with_suffix(".said"), ready="Ctrl-C stops it")
        self.controls.append(Control(program, data, f"http://{listen}"))
        return self.controls[-1]

    async def worker(self, name: str, pool: str, slots: int, url: str, *options: str) -> Program:
        """One more worker, not started, which asks the API at `url`."""
        data = self.directory / f"worker-{name}"
        data.mkdir(mode=0o700)
        if pool not in self._worker_keys:
            self._worker_keys[pool] = self.directory / f"key-{pool}"
            secret = await self._secret("createWorkerKey", NewWorkerKey(pool=pool))
            self._worker_keys[pool].write_text(secret)
            self._worker_keys[pool].chmod(0o600)
        command = (
            *_TASKTRAIL,
            "--data",
            data,
            "worker",
            *("--pool", pool),
            *("--slots", str(slots)),
            *("--url", url),
            *("--key-file", self._worker_keys[pool]),
            *("--temporal", self.temporal.address),
            *options,
        )
        said = data.with_suffix(".said")
        self.workers[name] = Program(command, said, ready="A worker of the pool")
        return self.workers[name]

    async def owner_key(self) -> str:
        """The key of a new owner of the organization."""
        email = "ada@example.com"
        async with self.local() as client:
            await client.identity("addUser", NewUser(email=email, name="Ada", role=Role.OWNER))
        return await self._secret("createKey", NewKey(kind=KeyKind.USER, name="test", user=email))

    def kill(self) -> None:
        """SIGKILL to whatever still runs."""
        programs = [*self.workers.values(), *(control.program for control in self.controls)]
        for program in (*programs, self.temporal.program):
            program.kill()

    @asynccontextmanager
    async def local(self) -> AsyncGenerator[Client]:
        """The operations of the first control process, as whoever is at its machine has them."""
        transport = await SocketTransport.open(self.controls[0].data, version=version("tasktrail"))
        assert transport is not None
        with closing(transport):
            yield Client(transport)

    async def _secret(self, operation: str, wanted: Any) -> str:
        async with self.local() as client:
            answer = await client.identity(operation, wanted)
        secret = answer["secret"]
        assert isinstance(secret, str)
        return secret
