"""Reaching a data directory: as a client of whoever owns it, else as its owner."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tasktrail.cli.output import note
from tasktrail.errors import (
    ConflictError,
    DataDirectoryError,
    DataDirectoryInUseError,
    InvalidInputError,
)
from tasktrail.local.client import Client
from tasktrail.local.outage import Outage
from tasktrail.local.shape import Task
from tasktrail.local.socket_transport import SocketTransport
from tasktrail.settings import NOTHING_GIVEN, GivenSettings, read_settings

if TYPE_CHECKING:
    from tasktrail.bootstrap import World
    from tasktrail.local.server import LocalServer
    from tasktrail.local.submissions import Submissions

URL_VARIABLE = "TASKTRAIL_URL"
KEY_VARIABLE = "TASKTRAIL_API_KEY"

_PATIENCE = 5.0
"""Seconds to wait for an owner without a socket: another command of a moment, or one starting.
Also for an engine that went away while a task was followed."""
_BETWEEN_TRIES = 0.05
_PATIENCE_FOR_SERVER = 60.0
"""Seconds to look for a server far away that went away: it may be replaced meanwhile."""


class EngineAt(Enum):
    """Where the engine of the data directory runs."""

    HERE = auto()
    ELSEWHERE = auto()
    NOWHERE = auto()


@dataclass(frozen=True, slots=True)
class Hosting:
    """What this process does for others while it owns the data directory with an engine."""

    server: LocalServer
    submissions: Submissions
    world: World


@dataclass(frozen=True, slots=True)
class Session:
    """A way to the operations of a data directory. `hosting` is there when the engine is here.
    `outage` is how long one that is elsewhere is looked for while a task is followed; `far` says
    that it is reached over HTTP."""

    client: Client
    engine: EngineAt
    hosting: Hosting | None = None
    outage: Outage = field(default_factory=lambda: Outage(0))
    far: bool = False

    def check_driven(self, task: Task) -> None:
        """Accept a task that has ended, or that an engine brings to its end.

        Raises:
            ConflictError: waiting for it would never end.
        """
        if self.engine is EngineAt.NOWHERE and not task.status.final:
            raise ConflictError(
                f"task {task.id} is {task.status.label}, and no engine is running",
                hint="start one with 'tasktrail up' in another terminal",
            )


@contextlib.asynccontextmanager
async def open_session(
    data: Path, *, engine: bool, here: bool = False, given: GivenSettings = NOTHING_GIVEN
) -> AsyncGenerator[Session]:
    """The session of one command.

    Where TASKTRAIL_URL names a server, that one is asked, with the key in TASKTRAIL_API_KEY. Else
    whoever serves `data` is used. When nobody does, this process becomes its owner for as long as
    the session lasts, with an `engine` (which then serves others too) or without. With `here` no
    server is asked, whatever the environment says. An owner has the settings that are `given`, else
    those of every command.

    Raises:
        DataDirectoryError: it cannot be used, or another process owns it and does not serve it.
    """
    async with contextlib.AsyncExitStack() as stack:
        if (url := os.environ.get(URL_VARIABLE)) and not here:
            yield await _remote(stack, url)
            return
        give_up = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            try:
                session = await _client_of_owner(stack, data) or await _owner(
                    stack, data, engine, given
                )
                break
            except DataDirectoryError as refusal:
                may_pass = refusal.code == DataDirectoryInUseError.code
                if not may_pass or asyncio.get_running_loop().time() > give_up:
                    raise
                await asyncio.sleep(_BETWEEN_TRIES)
        yield session


async def _remote(stack: contextlib.AsyncExitStack, url: str) -> Session:
    from tasktrail.client import connect

    key = os.environ.get(KEY_VARIABLE)
    if not key:
        raise InvalidInputError(
            f"{URL_VARIABLE} names a server, and {KEY_VARIABLE} no key for it",
            hint="set it to an API key of your organization",
        )
    outage = Outage(_PATIENCE_FOR_SERVER, note)
    client = await stack.enter_async_context(connect(url, key, outage=outage))
    return Session(client, EngineAt.ELSEWHERE, outage=outage, far=True)


async def _client_of_owner(stack: contextlib.AsyncExitStack, data: Path) -> Session | None:
    transport = await SocketTransport.open(data, version=product_version())
    if transport is None:
        return None
    stack.callback(transport.close)
    return Session(Client(transport), EngineAt.ELSEWHERE, outage=Outage(_PATIENCE, note))


async def _owner(
    stack: contextlib.AsyncExitStack, data: Path, engine: bool, given: GivenSettings
) -> Session:
    # Everything that runs tasks is loaded only here: a client of a running engine starts fast.
    from tasktrail.bootstrap import open_world

    settings = partial(read_settings, given=given)
    world = await stack.enter_async_context(open_world(data, engine=engine, settings=settings))
    if not engine:
        return Session(Client(world.operations), EngineAt.NOWHERE)
    from tasktrail.local.server import LocalServer
    from tasktrail.local.submissions import Submissions

    submissions = Submissions(world.operations)
    server = LocalServer(submissions, data, version=product_version())
    try:
        await server.start()
    except OSError as error:
        raise DataDirectoryError(f"no socket can be made in {data}: {error.strerror}") from error
    stack.push_async_callback(server.close)
    return Session(Client(submissions), EngineAt.HERE, Hosting(server, submissions, world))


def product_version() -> str:
    """The version of this program."""
    from importlib.metadata import version

    return version("tasktrail")
