"""Builds the world: the only module that knows how everything is put together."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import ArgumentError

from tasktrail.actions.backup import Backup, Snapshot
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.definition_host import DefinitionHost
from tasktrail.actions.finished_logs import FinishedLogs, find_in
from tasktrail.actions.hosted_python import HostedPython
from tasktrail.actions.identity.identification import PlatformNames
from tasktrail.actions.identity.identities import Identities, identities
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.actions.library import Library
from tasktrail.actions.log_erasure import LogErasure
from tasktrail.actions.logs import LogReading
from tasktrail.actions.prune_logs import LogPruning
from tasktrail.config import Config, read_config
from tasktrail.data_directory import DataDirectory, own_data_directory
from tasktrail.definitions.catalog import Catalog
from tasktrail.engine.list_upkeep import ListUpkeep
from tasktrail.engine.log_upkeep import keep_logs
from tasktrail.engine.recovery import recover, remove_workspaces
from tasktrail.engine.support_upkeep import SupportUpkeep
from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError, StoreUnavailableError
from tasktrail.local.log_operations import LogsOfNoEngine
from tasktrail.local.log_shape import LogNames
from tasktrail.local.operations import Installation, Operations
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogPlace
from tasktrail.logs.signed_link import LinkSigner, link_key
from tasktrail.logs.stores import LogStores
from tasktrail.model.access import Actor
from tasktrail.model.author import robot
from tasktrail.model.instant import Instant
from tasktrail.model.plan import (
    Action,
    CommandAction,
    PythonAction,
    SpawnAction,
    SystemAction,
)
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.supervisor import Supervisor, SweepReceipt, sweep
from tasktrail.store.organizations import ensure_organization
from tasktrail.store.snapshot import copy_database
from tasktrail.store.sqlite import SqliteStore
from tasktrail.store.store import Store
from tasktrail.store.task_views import live_task_ids

if TYPE_CHECKING:
    from tasktrail.api.openid.provider import OpenIdProvider
    from tasktrail.api.server import HttpServer
    from tasktrail.api.services import Services
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.log_shipping import LogShipping
    from tasktrail.runners.step_call import StepRunner
    from tasktrail.store.postgresql import PostgresqlStore

_SHIPPING_PATIENCE = 5.0
"""Seconds that finished logs are given to be sent when an engine leaves."""

_COLLECTED_AFTER = 10_000
"""Objects after which an engine has the collector look for cycles; Python's own number is 700.

Nearly all that an engine makes for a task goes without the collector.
"""

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


def clock() -> Instant:
    """The time now."""
    return Instant(time.time_ns() // 1000)


def new_reference() -> str:
    """A reference that nobody guesses and support can look up."""
    return secrets.token_hex(8)


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
        decisions = Decisions(store, clock)
        bulletin = Bulletin()
        decisions.subscribe(bulletin.follow)
        hub, place = LogHub(), LogPlace(directory.logs)
        stores = LogStores(config.log_store, config.log_store_options)
        finished = FinishedLogs(find_in(store), stores)
        reading = LogReading(place, hub, finished)
        stack.push_async_callback(reading.aclose)
        erasure = LogErasure(store, place, stores, directory.identity, clock)
        pruning = LogPruning(decisions, place, erasure)
        running: EmbeddedEngine | None = None
        shipping: LogShipping | None = None
        cgroup_base = find_cgroup_base()
        swept = await sweep(f"{directory.identity}:", cgroup_base=cgroup_base)
        life = f"{directory.identity}:{secrets.token_hex(4)}"
        supervisor = Supervisor(life=life, clock=clock, cgroup_base=cgroup_base)
        stack.push_async_callback(supervisor.aclose)
        library = _library(stack, directory, config, supervisor, life)
        if engine:
            # Before the engine, so that it ends after it: the last steps leave logs, too.
            shipping = _shipping(stack, directory, decisions, place, stores, erasure)
            running = await _start_engine(
                stack, directory, config, decisions, library, bulletin, hub, place, supervisor, life
            )
            decisions.subscribe(running.follow)
            decisions.start_at(running.reserve)
            live = frozenset(await store.read(live_task_ids))
            await asyncio.to_thread(remove_workspaces, directory.workspaces, live)
        recovered = await recover(decisions, place, new_reference)
        if shipping is not None:
            shipping.start()  # now that the attempts of the last life have ended
        if recovered.lost_jobs or swept.killed:
            _log.warning(
                "settled %d jobs that had lost their worker; stopped %d processes left over",
                recovered.lost_jobs,
                len(swept.killed),
            )
        disowned = asyncio.Event()
        if running is not None and config.database is not None:
            _keep_ownership(stack, decisions, running, disowned)
        organization_id = await store.write(
            lambda transaction: ensure_organization(
                transaction.connection, config.organization, clock()
            )
        )
        people = _identities(stack, decisions, config)
        if engine:
            keeper = Actor(author=robot(config.robot), organization_id=organization_id)
            upkeep = asyncio.ensure_future(keep_logs(pruning, keeper, config.retention))
            stack.callback(upkeep.cancel)
            sealing = asyncio.ensure_future(ListUpkeep(store, clock).run())
            stack.callback(sealing.cancel)
            expiring = asyncio.ensure_future(SupportUpkeep(people.support, clock).run())
            stack.callback(expiring.cancel)
        installation = Installation(
            config=config,
            organization_id=organization_id,
            decisions=decisions,
            library=library,
            bulletin=bulletin,
            logs=reading,
            pruning=pruning,
            identities=people,
            backup=Backup(decisions, directory.path, _snapshot(directory, config), place),
            examine=_examination(directory, config, store, running, swept, finished, shipping),
        )
        yield World(Operations(installation), running, directory, installation, disowned)


@asynccontextmanager
async def serve_http(world: World, listen: str | None, version: str) -> AsyncGenerator[HttpServer]:
    """Serve a world over HTTP, at `listen` or where its settings say.

    Raises:
        RefusedError: nothing can listen there.
    """
    # Loaded with a server: no other command needs what speaks HTTP.
    from tasktrail.api.server import HttpServer
    from tasktrail.api.tls import tls_of
    from tasktrail.dashboard.built_files import BuiltFiles
    from tasktrail.dashboard.site import Dashboard

    config = world.installation.config
    server = HttpServer(
        http_services(world),
        listen or config.listen,
        version=version,
        tls=tls_of(config, world.directory.path),
        trusted_proxies=config.trusted_proxies,
        pages=partial(Dashboard, files=BuiltFiles()),
    )
    await server.start()
    try:
        yield server
    finally:
        await server.close()


def _oidc(config: Config) -> OpenIdProvider | None:
    if config.oidc is None:
        return None
    from tasktrail.api.openid.provider import OpenIdProvider

    return OpenIdProvider(config.oidc, clock)


async def first_owner_link(world: World, url: str) -> str | None:
    """A one-time link for the first owner, where nobody can sign in yet at the server at `url`."""
    own = world.installation
    author = robot(own.config.robot)
    actor = Actor(author=author, organization_id=own.organization_id)
    token = await own.identities.links.first_owner(actor)
    return None if token is None else f"{url}/welcome#{token}"


def http_services(world: World) -> Services:
    """What a server of HTTP works on."""
    from tasktrail.actions.live.news_stream import NewsStreams
    from tasktrail.actions.live.news_wire import NewsWire
    from tasktrail.actions.live.outlet import Pace
    from tasktrail.actions.live.task_stream import Sources, TaskStreams
    from tasktrail.api.attendance import Attendance
    from tasktrail.api.instruments import Instruments
    from tasktrail.api.services import Services

    own, engine = world.installation, world.engine
    instruments = Instruments(
        lambda: engine.running_jobs if engine is not None else 0, own.config.slot_count
    )
    own.decisions.subscribe(instruments.follow)
    store, identification = own.decisions.store, own.identities.identification
    closing = asyncio.Event()
    wire, pace = NewsWire(), Pace()
    own.decisions.subscribe(wire.follow)
    return Services(
        config=own.config,
        decisions=own.decisions,
        library=own.library,
        bulletin=own.bulletin,
        logs=own.logs,
        identities=own.identities,
        organization_id=own.organization_id,
        oidc=_oidc(own.config),
        links=LinkSigner(link_key(world.directory.path)),
        instruments=instruments,
        clock=clock,
        new_reference=new_reference,
        task_streams=TaskStreams(Sources(store, own.bulletin, own.logs), pace),
        news_streams=NewsStreams(store, wire, pace),
        attendance=Attendance(identification, closing),
        closing=closing,
    )


def logs_of_no_engine(data: Path, names: LogNames) -> LogsOfNoEngine:
    """The named logs of a data directory that this process does not own.

    What is read there can only grow, or be removed as a whole.
    """
    config = read_config(data)
    places = {(name.step_id, name.attempt): name.place for name in names.logs}
    stores = LogStores(config.log_store, config.log_store_options)
    finished = FinishedLogs(lambda step_id, attempt: places.get((step_id, attempt)), stores)
    return LogsOfNoEngine(LogReading(LogPlace(data / "logs"), LogHub(), finished), names)


def open_store(directory: DataDirectory, config: Config) -> Store:
    """The store that the settings name.

    Raises:
        DataDirectoryError: it cannot be opened.
    """
    try:
        if config.database is None:
            return SqliteStore(directory.database)
        # Loaded with its driver where it is used.
        from tasktrail.store.postgresql import PostgresqlStore

        return _owned(PostgresqlStore(config.database))
    except ArgumentError as error:
        raise DataDirectoryError(
            f"`database` in config.toml is no address of a PostgreSQL database: {error}",
            hint="for example postgresql://user@localhost/tasktrail",
        ) from error
    except StoreUnavailableError as error:
        raise DataDirectoryError(f"the records cannot be opened: {error}") from error


def _snapshot(directory: DataDirectory, config: Config) -> Snapshot | None:
    return partial(copy_database, directory.database) if config.database is None else None


def _owned(store: PostgresqlStore) -> PostgresqlStore:
    if not store.own():
        raise DataDirectoryInUseError(
            "the database is in use by the engine of another data directory",
            hint="stop it first, or name another database in config.toml",
        )
    return store


def _keep_ownership(
    stack: AsyncExitStack, decisions: Decisions, engine: EmbeddedEngine, disowned: asyncio.Event
) -> None:
    """What only a database that can be lost to others needs."""
    from tasktrail.actions.doubtful_tasks import DoubtfulTasks
    from tasktrail.engine.ownership_watch import watch_ownership
    from tasktrail.store.postgresql import PostgresqlStore

    store = decisions.store
    assert isinstance(store, PostgresqlStore)
    doubtful = DoubtfulTasks(decisions)
    store.in_doubt = doubtful.add
    stack.push_async_callback(doubtful.aclose)

    async def regained() -> None:
        doubtful.add({*engine.live_tasks, *await store.read(live_task_ids)})

    async def taken_over() -> None:
        await engine.stop(patience=0)
        disowned.set()

    watch = asyncio.ensure_future(watch_ownership(store, regained, taken_over))
    stack.callback(watch.cancel)


def _identities(stack: AsyncExitStack, decisions: Decisions, config: Config) -> Identities:
    passwords = Passwords()
    stack.callback(passwords.close)
    people = identities(
        decisions,
        passwords,
        PlatformNames(config.robot, config.superadmin),
        config.silent_tasks,
        config.organization,
    )
    stack.push_async_callback(people.sessions.settled)
    return people


def _library(
    stack: AsyncExitStack,
    directory: DataDirectory,
    config: Config,
    supervisor: Supervisor,
    life: str,
) -> Library:
    host = DefinitionHost(supervisor, life, limit=config.loading_limit)
    stack.push_async_callback(host.aclose)
    python = HostedPython(host)
    catalog = Catalog([directory.path / one for one in config.definitions], python.load)
    return Library(catalog, python.load, config.limits, python)


def _examination(
    directory: DataDirectory,
    config: Config,
    store: Store,
    engine: EmbeddedEngine | None,
    swept: SweepReceipt,
    finished: FinishedLogs,
    shipping: LogShipping | None,
) -> Callable[[bool], Awaitable[list[dict[str, object]]]]:
    async def examine(check: bool) -> list[dict[str, object]]:
        # Loaded when somebody asks for it.
        from tasktrail.engine.examination import Examination

        examination = Examination(directory, config, store, engine, swept, finished, shipping)
        return await examination(check)

    return examine


def _shipping(
    stack: AsyncExitStack,
    directory: DataDirectory,
    decisions: Decisions,
    place: LogPlace,
    stores: LogStores,
    erasure: LogErasure,
) -> LogShipping | None:
    target = stores.configured
    if target is None:
        return None
    from tasktrail.engine.log_shipment import LogShipment
    from tasktrail.engine.log_shipping import LogShipping

    store, prefix = decisions.store, directory.identity
    shipment = LogShipment(store, place, target, erasure, prefix, clock)
    shipping = LogShipping(store, place, shipment)
    decisions.subscribe(shipping.follow)
    stack.push_async_callback(shipping.aclose, _SHIPPING_PATIENCE)
    return shipping


async def _start_engine(
    stack: AsyncExitStack,
    directory: DataDirectory,
    config: Config,
    decisions: Decisions,
    library: Library,
    bulletin: Bulletin,
    hub: LogHub,
    place: LogPlace,
    supervisor: Supervisor,
    life: str,
) -> EmbeddedEngine:
    # What runs tasks is loaded with an engine: most commands only look at tasks.
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.spawn_runner import SpawnRunner
    from tasktrail.engine.workshop import Workshop
    from tasktrail.runners.command import CommandRunner
    from tasktrail.runners.environment import base_environment
    from tasktrail.runners.python.runner import PythonRunner
    from tasktrail.runners.system import SystemRunner

    commands = CommandRunner(supervisor, new_reference)
    python = PythonRunner(supervisor, life, new_reference, most_idle=config.slot_count)
    stack.push_async_callback(python.aclose)
    system = SystemRunner(commands, caches=directory.caches, new_reference=new_reference)
    runners: dict[type[Action], StepRunner] = {
        CommandAction: commands,
        PythonAction: python,
        SystemAction: system,
    }
    workshop = Workshop(
        runners=runners,
        system=system,
        logs=place,
        hub=hub,
        workspaces=directory.workspaces,
        life=life,
        base_environment=base_environment(os.environ),
        clock=clock,
        new_reference=new_reference,
        log_cap=config.log_cap,
    )
    engine = EmbeddedEngine(decisions, library, bulletin, workshop, slots=config.slot_count)
    runners[SpawnAction] = SpawnRunner(engine)
    # What is loaded by now stays: it is not to be looked at again and again.
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)
    stack.push_async_callback(_stopper(engine, config.stop_patience))
    return engine


def _stopper(engine: EmbeddedEngine, patience: float) -> Callable[[], Coroutine[Any, Any, None]]:
    return lambda: engine.stop(patience=patience)
