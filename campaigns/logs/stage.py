"""A data directory with one engine after another, and the runbooks of what is to be killed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from importlib.metadata import version
from pathlib import Path

from engines import Engine, Engines
from numbered import KINDS, SECRET

from tasktrail.errors import ConnectionLostError
from tasktrail.local.client import Client
from tasktrail.local.log_shape import LogLines
from tasktrail.local.request import LogSelection, Person, Submission, TaskSelection
from tasktrail.local.shape import LogLine, Task, read
from tasktrail.local.socket_transport import SocketTransport
from tasktrail.logs.place import LogPlace
from tasktrail.model.author import AuthorKind

_BY = Person(id=7, name="Ada")
_WRITER = Path(__file__).with_name("numbered.py")
_COMMAND = f"exec {sys.executable} -IS {_WRITER} KIND HERE/$TASKTRAIL_TASK_ID.told"
_MODULE = """
import sys
sys.path.insert(0, {campaign!r})
import numbered
from tasktrail import Context

def write(context: Context) -> None:
    numbered.write("python", f"{here}/{{context.task_id}}.told")
"""
_SETTINGS = "slots = 8\ngrace = 0.3\n"


class EngineEndedError(Exception):
    """An engine has ended before it served; with what it has said."""


class Stage:
    """One data directory. `settings` are those of its engines beside what all need."""

    def __init__(self, here: Path, engines: Engines, settings: str = "") -> None:
        self.here = here
        self.data = here / "data"
        self._engines = engines
        self.data.mkdir(mode=0o700, parents=True)
        (self.data / "config.toml").write_text(_SETTINGS + settings)
        for kind in KINDS:
            self._write_runbook(kind)
        module = _MODULE.format(campaign=str(_WRITER.parent), here=here)
        (here / "writing.py").write_text(module)

    @property
    def logs(self) -> LogPlace:
        """Where its logs are."""
        return LogPlace(self.data / "logs")

    def start(self, failpoint: str = "") -> Engine:
        """A new engine, once the last one has ended; it dies at a failpoint, if one is named."""
        return self._engines.start(self.data, failpoint)

    @contextlib.asynccontextmanager
    async def client(self, engine: Engine) -> AsyncGenerator[Client]:
        """A connection to an engine as soon as it serves.

        Raises:
            EngineEndedError: it has ended before.
        """
        transport = None
        while transport is None:
            if engine.ended:
                raise EngineEndedError((self.here / "said").read_text()[-2000:])
            with contextlib.suppress(ConnectionLostError, OSError):
                transport = await SocketTransport.open(self.data, version=version("tasktrail"))
            if transport is None:
                await asyncio.sleep(0.01)
        with contextlib.closing(transport):
            yield Client(transport)

    async def submit(self, client: Client, target: str, inputs: dict[str, str]) -> int:
        """Submit a task of a runbook; its id."""
        return await client.submit(
            Submission(
                author=AuthorKind.USER,
                user=_BY,
                target=f"{target}.yml",
                root=str(self.here),
                inputs=inputs,
            )
        )

    def runbook(self, name: str, text: str) -> None:
        """Write a runbook to be submitted by its name."""
        (self.here / f"{name}.yml").write_text(f"name: {name}\n{text}\n")

    def told_by(self, task_id: int) -> str:
        """The file in which the step of a task says how far it is."""
        return f"{self.here}/{task_id}.told"

    def _write_runbook(self, kind: str) -> None:
        command = _COMMAND.replace("KIND", kind).replace("HERE", str(self.here))
        action = "python: 'writing:write'" if kind == "python" else f"run: '{command}'"
        inputs = "inputs: {token: {type: secret}}\n" if kind == "secret" else ""
        self.runbook(kind, f"{inputs}jobs: {{main: {{steps: [{{name: Write, {action}}}]}}}}")


def inputs_of(kind: str) -> dict[str, str]:
    """The inputs of a task of that kind."""
    return {"token": SECRET} if kind == "secret" else {}


async def task_of(client: Client, task_id: int) -> Task:
    """A task as it stands."""
    return read(await client.task(TaskSelection(id=task_id)), Task)


async def lines_of(client: Client, task_id: int, *, follow: bool = False) -> AsyncIterator[LogLine]:
    """The lines of all logs of a task, with `follow` until it has ended."""
    async for block in client.logs(LogSelection(id=task_id, follow=follow)):
        if isinstance(block, LogLines):
            for line in block.lines():
                yield line
