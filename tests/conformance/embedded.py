"""The embedded engine, in this process; and in one of its own where it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from importlib.metadata import version
from pathlib import Path

from conformance.installation import DOWN, Place
from tasktrail.bootstrap import open_world
from tasktrail.local.client import Client
from tasktrail.local.socket_transport import SocketTransport

_SLOTS = {Place.WIDE: 64, Place.NARROW: 1, Place.MORTAL: 64}
_LONGEST_START = 30.0


class EmbeddedInstallation:
    """A data directory for each place, with one catalog for all of them."""

    def __init__(self, directory: Path) -> None:
        self.catalog = directory / "catalog"
        self._directory = directory
        self._clients: dict[Place, Client] = {}
        self._mortal: MortalEngine | None = None

    def client(self, place: Place, *, system: bool) -> Client:
        """See `Installation.client`: who is at the machine itself may see everything."""
        if place is Place.MORTAL:
            assert self._mortal is not None
            return self._mortal.client
        return self._clients[place]

    def job_options(self, place: Place) -> str:
        """See `Installation.job_options`. A place has a world of its own."""
        return f"pool: {place}"

    async def lose_worker(self) -> None:
        """See `Installation.lose_worker`."""
        assert self._mortal is not None
        self._mortal.kill()
        await asyncio.sleep(DOWN)  # nobody is alive who could tell of an event
        await self._mortal.start()

    async def open(self, stack: contextlib.AsyncExitStack) -> None:
        """Start everything, until `stack` is left."""
        self.catalog.mkdir(parents=True)
        for place in (Place.WIDE, Place.NARROW):
            world = await stack.enter_async_context(open_world(self._data(place), engine=True))
            self._clients[place] = Client(world.operations)
        self._mortal = MortalEngine(self._data(Place.MORTAL))
        stack.callback(self._mortal.kill)
        await self._mortal.start()

    def _data(self, place: Place) -> Path:
        data = self._directory / place
        data.mkdir(mode=0o700)
        (data / "config.toml").write_text(
            f'slots = {_SLOTS[place]}\ndefinitions = ["{self.catalog}"]\n'
        )
        return data


class MortalEngine:
    """`tasktrail up` on a data directory, as a process that can be killed and started again."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: SocketTransport | None = None

    @property
    def client(self) -> Client:
        """The operations of the engine that runs now."""
        assert self._transport is not None
        return Client(self._transport)

    async def start(self) -> None:
        """Start an engine; return when it answers."""
        with self._data.with_suffix(".said").open("ab") as said:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for
                [sys.executable, "-m", "tasktrail", "--data", self._data, "up", "--no-http"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={name: os.environ[name] for name in os.environ if name != "TASKTRAIL_URL"},
            )
        async with asyncio.timeout(_LONGEST_START):
            while (transport := await self._reached()) is None:
                assert self._process.poll() is None, self._data.with_suffix(".said").read_text()
                await asyncio.sleep(0.02)  # a socket that is not there yet tells nothing
        self._transport = transport

    def kill(self) -> None:
        """SIGKILL, if it runs."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    async def _reached(self) -> SocketTransport | None:
        with contextlib.suppress(OSError):
            return await SocketTransport.open(self._data, version=version("tasktrail"))
        return None


@contextlib.asynccontextmanager
async def embedded_installation(directory: Path) -> AsyncGenerator[EmbeddedInstallation]:
    """An installation in `directory`, which is made."""
    async with contextlib.AsyncExitStack() as stack:
        installation = EmbeddedInstallation(directory)
        await installation.open(stack)
        yield installation
