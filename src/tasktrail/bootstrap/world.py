"""An owned data directory with all that works on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasktrail.actions.backup import Backup
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.error_log import log_references
from tasktrail.actions.prune_history import HistoryPruning
from tasktrail.actions.public_address import PublicAddress
from tasktrail.actions.shared_installation import KeyFor, SharedInstallation
from tasktrail.bootstrap.alone import drive_alone
from tasktrail.bootstrap.library import open_library
from tasktrail.bootstrap.logs import Logs, open_logs
from tasktrail.bootstrap.machine import clock
from tasktrail.bootstrap.parts import Driven, Parts
from tasktrail.bootstrap.people import open_identities
from tasktrail.bootstrap.processes import take_over_processes
from tasktrail.bootstrap.records import open_store, snapshot_of
from tasktrail.config import Config, EngineKind, check_engine
from tasktrail.data_directory import DataDirectory, own_data_directory
from tasktrail.local.operations import Installation, Operations
from tasktrail.logs.log_intake import LogIntake
from tasktrail.logs.signed_link import link_key
from tasktrail.settings import read_settings
from tasktrail.store.organizations import ensure_organization

if TYPE_CHECKING:
    from tasktrail.actions.elsewhere import Elsewhere
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.examination import TemporalState
    from tasktrail.engine.temporal.cluster import Cluster


@dataclass(frozen=True, slots=True)
class World:
    """An owned data directory with all that works on it."""

    operations: Operations
    engine: EmbeddedEngine | None
    """The one that carries out tasks here."""
    directory: DataDirectory
    installation: Installation
    elsewhere: Elsewhere | None
    """The other processes on the same database, where there may be some."""
    own: SharedInstallation | None
    """What they all know."""
    cluster: Cluster | None
    """What gives jobs to workers, where this process sees to it that it does."""
    intake: LogIntake | None
    """Where logs arrive that workers elsewhere write, if any do."""
    logs: Logs
    disowned: asyncio.Event
    """Set once another engine has taken the database over, and this one was stopped."""

    @property
    def link_key(self) -> bytes:
        """What links to logs are signed with, wherever they are followed."""
        if self.own is not None:
            return self.own.key(KeyFor.LINKS)
        return link_key(self.directory.path)


@asynccontextmanager
async def open_world(
    data: Path, *, engine: bool, settings: Callable[[Path], Config] = read_settings
) -> AsyncGenerator[World]:
    """Own a data directory and bring it into order; with `engine` also run tasks, or, where workers
    elsewhere do that, see to it that they do. `settings` gives those of an installation.

    Whatever an earlier life left running is stopped and settled first, with or without an engine,
    so that no record says "in progress" while nobody works on it. What workers elsewhere are at is
    left to them.

    Raises:
        DataDirectoryInUseError: another process owns it.
        DataDirectoryError: it cannot be used.
        RefusedError: something else that is needed cannot be used.
    """
    async with AsyncExitStack() as stack:
        parts = await _parts(stack, data, settings)
        config, decisions, logs = parts.config, parts.decisions, parts.logs
        disowned = asyncio.Event()
        driven = await _driven(stack, parts, disowned, engine=engine)
        organization_id = await decisions.store.write(
            lambda transaction: ensure_organization(
                transaction.connection, config.organization, clock()
            )
        )
        people = open_identities(stack, decisions, config)
        if driven.elsewhere is not None:
            driven.elsewhere.exchange_rights(people.identification)
        histories = HistoryPruning(decisions)
        if engine:
            from tasktrail.bootstrap.upkeep import Upkeep

            upkeep = Upkeep(config, organization_id, decisions, logs, histories, people)
            if driven.elsewhere is None:
                upkeep.begin(stack)
            else:
                upkeep.share(stack, decisions.store)
        snapshot = snapshot_of(parts.directory, config)
        installation = Installation(
            config=config,
            organization_id=organization_id,
            decisions=decisions,
            library=parts.library,
            bulletin=parts.bulletin,
            logs=logs.reading,
            pruning=logs.pruning,
            histories=histories,
            identities=people,
            address=PublicAddress(config),
            backup=Backup(decisions, parts.directory.path, snapshot, logs.place),
            examine=_examination(parts, driven),
        )
        yield World(
            Operations(installation),
            driven.engine,
            parts.directory,
            installation,
            driven.elsewhere,
            driven.own,
            driven.cluster,
            logs.intake,
            logs,
            disowned,
        )


async def _parts(stack: AsyncExitStack, data: Path, settings: Callable[[Path], Config]) -> Parts:
    directory = own_data_directory(data)
    stack.callback(directory.release)
    config = settings(directory.path)
    check_engine(config)
    store = open_store(directory, config)
    stack.push_async_callback(store.aclose)
    decisions = Decisions(store, clock, outbox=config.engine is EngineKind.TEMPORAL)
    bulletin = Bulletin()
    decisions.subscribe(bulletin.follow)
    decisions.subscribe(log_references)
    logs = await _logs(stack, directory, config, decisions)
    processes = await take_over_processes(stack, directory, clock)
    return Parts(
        directory=directory,
        config=config,
        decisions=decisions,
        bulletin=bulletin,
        logs=logs,
        processes=processes,
        library=open_library(stack, directory, config, processes),
    )


async def _logs(
    stack: AsyncExitStack, directory: DataDirectory, config: Config, decisions: Decisions
) -> Logs:
    if config.engine is EngineKind.EMBEDDED:
        return open_logs(stack, directory, config, decisions)
    # Loaded with the client of stores where it is used.
    from tasktrail.bootstrap.live_logs import open_shared_logs

    return await open_shared_logs(stack, directory, config, decisions)


async def _driven(
    stack: AsyncExitStack, parts: Parts, disowned: asyncio.Event, *, engine: bool
) -> Driven:
    if parts.config.engine is EngineKind.EMBEDDED:
        return await drive_alone(stack, parts, disowned, engine=engine)
    # Loaded with the database's driver where it is used.
    from tasktrail.bootstrap.control import drive_from_afar

    return await drive_from_afar(stack, parts, disowned, engine=engine)


def _examination(
    parts: Parts, driven: Driven
) -> Callable[[bool], Awaitable[list[dict[str, object]]]]:
    async def examine(check: bool) -> list[dict[str, object]]:
        # Loaded when somebody asks for it.
        from tasktrail.engine.examination import Examination

        examination = Examination(
            parts.directory,
            parts.config,
            parts.decisions.store,
            driven.engine,
            parts.processes.swept,
            parts.logs.finished,
            driven.shipping,
            await _temporal_state(parts, driven),
        )
        return await examination(check)

    return examine


async def _temporal_state(parts: Parts, driven: Driven) -> TemporalState | None:
    if parts.config.engine is EngineKind.EMBEDDED:
        return None
    from tasktrail.bootstrap.temporal_state import temporal_state

    return await temporal_state(parts, driven)
