"""An owned data directory with all that works on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasktrail.actions.backup import Backup
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.bootstrap.library import open_library
from tasktrail.bootstrap.logs import Logs, open_logs, prepare_shipping
from tasktrail.bootstrap.machine import clock, new_reference
from tasktrail.bootstrap.people import open_identities
from tasktrail.bootstrap.processes import Processes, take_over_processes
from tasktrail.bootstrap.records import keep_ownership, open_store, snapshot_of
from tasktrail.config import Config, read_config
from tasktrail.data_directory import DataDirectory, own_data_directory
from tasktrail.engine.recovery import Recovered, recover
from tasktrail.local.operations import Installation, Operations
from tasktrail.store.organizations import ensure_organization
from tasktrail.store.store import Store

if TYPE_CHECKING:
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.log_shipping import LogShipping

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class World:
    """An owned data directory with all that works on it."""

    operations: Operations
    engine: EmbeddedEngine | None
    directory: DataDirectory
    installation: Installation
    disowned: asyncio.Event
    """Set once another engine has taken the database over, and this one was stopped."""


@asynccontextmanager
async def open_world(data: Path, *, engine: bool) -> AsyncGenerator[World]:
    """Own a data directory and bring it into order; with `engine` also run tasks.

    Whatever an earlier life left running is stopped and settled first, with or without an engine,
    so that no record says "in progress" while nobody works on it.

    Raises:
        DataDirectoryInUseError: another process owns it.
        DataDirectoryError: it cannot be used.
    """
    async with AsyncExitStack() as stack:
        directory = own_data_directory(data)
        stack.callback(directory.release)
        config = read_config(directory.path)
        store = open_store(directory, config)
        stack.push_async_callback(store.aclose)
        decisions, bulletin = Decisions(store, clock), Bulletin()
        decisions.subscribe(bulletin.follow)
        logs = open_logs(stack, directory, config, decisions)
        processes = await take_over_processes(stack, directory, clock)
        library = open_library(stack, directory, config, processes)
        running: EmbeddedEngine | None = None
        shipping: LogShipping | None = None
        if engine:
            # What runs tasks is loaded with an engine: most commands only look at tasks.
            from tasktrail.bootstrap.engine import start_engine

            # Before the engine, so that it ends after it: the last steps leave logs, too.
            shipping = prepare_shipping(stack, directory, decisions, logs)
            running = await start_engine(
                stack, directory, config, decisions, library, bulletin, logs, processes
            )
        _tell(await recover(decisions, logs.place, new_reference), processes)
        if shipping is not None:
            shipping.start()  # now that the attempts of the last life have ended
        disowned = asyncio.Event()
        if running is not None and config.database is not None:
            keep_ownership(stack, decisions, running, disowned)
        organization_id = await store.write(
            lambda transaction: ensure_organization(
                transaction.connection, config.organization, clock()
            )
        )
        people = open_identities(stack, decisions, config)
        if engine:
            from tasktrail.bootstrap.upkeep import begin_upkeep

            begin_upkeep(stack, config, organization_id, decisions, logs.pruning, people)
        snapshot = snapshot_of(directory, config)
        installation = Installation(
            config=config,
            organization_id=organization_id,
            decisions=decisions,
            library=library,
            bulletin=bulletin,
            logs=logs.reading,
            pruning=logs.pruning,
            identities=people,
            backup=Backup(decisions, directory.path, snapshot, logs.place),
            examine=_examination(directory, config, store, running, processes, logs, shipping),
        )
        yield World(Operations(installation), running, directory, installation, disowned)


def _tell(recovered: Recovered, processes: Processes) -> None:
    if recovered.lost_jobs or processes.swept.killed:
        _log.warning(
            "settled %d jobs that had lost their worker; stopped %d processes left over",
            recovered.lost_jobs,
            len(processes.swept.killed),
        )


def _examination(
    directory: DataDirectory,
    config: Config,
    store: Store,
    engine: EmbeddedEngine | None,
    processes: Processes,
    logs: Logs,
    shipping: LogShipping | None,
) -> Callable[[bool], Awaitable[list[dict[str, object]]]]:
    async def examine(check: bool) -> list[dict[str, object]]:
        # Loaded when somebody asks for it.
        from tasktrail.engine.examination import Examination

        examination = Examination(
            directory, config, store, engine, processes.swept, logs.finished, shipping
        )
        return await examination(check)

    return examine
