"""Moving an installation from SQLite to PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from tasktrail.actions.move import Move, Moved
from tasktrail.bootstrap.logs import shipment_of
from tasktrail.bootstrap.records import check_address, open_target
from tasktrail.bootstrap.world import World, open_world
from tasktrail.config import Config, EngineKind, read_config, set_database
from tasktrail.data_directory import DATABASE_FILE
from tasktrail.engine.log_shipment import LogShipment, finished_here
from tasktrail.errors import ConflictError, DataDirectoryInUseError
from tasktrail.logs.place import LogName
from tasktrail.model.access import Actor
from tasktrail.model.author import Author
from tasktrail.settings import read_settings
from tasktrail.store.moving import look_at, row_counts

Progress = Callable[[str, int, int], None]
"""Told of what is moved now, `logs` or `records`, how much of it, and how much there is."""


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What there is to move: rows by table, and logs that go to `log_store` before. `occupied` are
    the tables of the database that are not empty."""

    rows: dict[str, int]
    logs: int
    log_store: str | None
    occupied: list[str]


class InstallationMove:
    """An installation that is about to be moved to the database at `url`; nobody else uses it."""

    def __init__(self, world: World, url: str) -> None:
        self._world = world
        self._url = url

    async def plan(self) -> MovePlan:
        """What `make` would do. The database is left as it is.

        Raises:
            StoreUnavailableError: it cannot be reached, or tables cannot be made in it.
        """
        installation = self._world.installation
        _, logs = await self._logs_to_send()
        return MovePlan(
            rows=await installation.decisions.store.read(row_counts),
            logs=len(logs),
            log_store=installation.config.log_store,
            occupied=await asyncio.to_thread(look_at, self._url),
        )

    async def make(self, author: Author, told: Progress) -> Moved:
        """Send finished logs to where the settings say, if they do, then move the records.

        Raises:
            ConflictError: the database holds something else, or an engine works on it.
            LogStoreError: a log was not taken; no record was moved.
            StoreUnavailableError: the database did not take the records; nothing was kept.
            ConnectionLostError: it is not known whether it did.
        """
        await self._send_logs(told)
        installation = self._world.installation
        decisions = installation.decisions
        target = await open_target(self._url)
        try:
            move = Move(decisions.store, target, self._world.directory.identity, decisions.clock)
            return await move.make(
                Actor(author=author, organization_id=installation.organization_id),
                lambda done, total: told("records", done, total),
            )
        finally:
            await target.aclose()

    def configure(self) -> None:
        """Have the settings name the database, if they do not do so already.

        Raises:
            DataDirectoryError: they cannot be written.
        """
        directory = self._world.directory.path
        if read_config(directory).database is None:
            set_database(directory, self._url)

    async def _send_logs(self, told: Progress) -> None:
        shipment, logs = await self._logs_to_send()
        if shipment is None:
            return
        for sent, name in enumerate(logs):
            told("logs", sent, len(logs))
            await shipment.ship(name)

    async def _logs_to_send(self) -> tuple[LogShipment | None, list[LogName]]:
        world = self._world
        decisions, logs = world.installation.decisions, world.logs
        shipment = shipment_of(world.directory, decisions, logs)
        if shipment is None:
            return None, []
        return shipment, await finished_here(decisions.store, logs.place)


@asynccontextmanager
async def open_move(data: Path, url: str) -> AsyncGenerator[InstallationMove]:
    """Own an installation in order to move it to the database at `url`.

    Settings that name it already are those of an earlier command, which may be said again.

    Raises:
        InvalidInputError: that is no address of one.
        ConflictError: the records are in another PostgreSQL database, or there are none to move.
        DataDirectoryInUseError: an engine works on them.
        DataDirectoryError: the data directory cannot be used.
    """
    check_address(url)
    try:
        async with open_world(data, engine=False, settings=partial(_source, url=url)) as world:
            yield InstallationMove(world, url)
    except DataDirectoryInUseError as error:
        raise DataDirectoryInUseError(
            error.message, hint="stop the engine first: what changes meanwhile would be left behind"
        ) from error


def _source(data: Path, *, url: str) -> Config:
    """The settings by which the records in SQLite are opened."""
    config = read_settings(data)
    if config.database is None:
        return config
    if config.database != url or not (data / DATABASE_FILE).stat().st_size:
        raise ConflictError(
            "the records are in PostgreSQL already: `database` in config.toml or"
            " TASKTRAIL_DATABASE names it"
        )
    return msgspec.structs.replace(config, database=None, engine=EngineKind.EMBEDDED)
