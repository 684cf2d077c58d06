"""`tasktrail up`: keep the engine running, so that other terminals can use it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktrail.cli.engine_options import (
    ApiKeyVariableOption,
    CaOption,
    CertificateOption,
    DatabaseOption,
    EngineOption,
    KeyOption,
    LogStoreOption,
    NamespaceOption,
    TemporalOption,
    TlsOption,
)
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.interrupts import ENDING_SIGNALS, on_signals
from tasktrail.cli.options import DataOption, data_directory
from tasktrail.cli.output import note
from tasktrail.cli.session import EngineAt, Hosting, open_session, product_version
from tasktrail.config import Config, EngineKind
from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError
from tasktrail.settings import GivenCluster, GivenSettings, read_settings

if TYPE_CHECKING:
    from tasktrail.api.server import HttpServer
    from tasktrail.engine.temporal.cluster import Cluster

EPILOG = examples(
    "tasktrail up",
    "tasktrail up --listen 127.0.0.1:9000",
    "tasktrail --data /var/lib/tasktrail up --no-http",
    "tasktrail up --engine temporal --database postgresql://user@host/tasktrail "
    "--temporal host:7233 --log-store s3://bucket/logs",
)

_PARTING = {
    EngineKind.EMBEDDED: (
        "Stopping: no new jobs start, running steps are stopped. Again to leave at once.",
        "Leaving at once; what still runs is stopped at the next start.",
    ),
    EngineKind.TEMPORAL: (
        "Stopping: what was asked is answered, workers go on. Again to leave at once.",
        "Leaving at once; workers go on.",
    ),
}
"""What is said at the first signal, and at the next ones."""


def up(
    ctx: typer.Context,
    data: DataOption = None,
    listen: Annotated[
        str | None,
        typer.Option(
            help="Serve the dashboard and the REST API here, not at `listen` of config.toml.",
            metavar="HOST:PORT",
        ),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            help="What links begin with, where others reach it by another address.",
            metavar="URL",
        ),
    ] = None,
    no_http: Annotated[bool, typer.Option("--no-http", help="Serve neither.")] = False,
    engine: EngineOption = None,
    database: DatabaseOption = None,
    log_store: LogStoreOption = None,
    temporal: TemporalOption = None,
    namespace: NamespaceOption = None,
    temporal_tls: TlsOption = None,
    temporal_tls_ca: CaOption = None,
    temporal_tls_certificate: CertificateOption = None,
    temporal_tls_key: KeyOption = None,
    temporal_api_key_env: ApiKeyVariableOption = None,
) -> int:
    """Run the engine in the foreground until Ctrl-C, SIGTERM or the end of its terminal.

    Other terminals of the same user can then submit, follow and cancel tasks, and everybody who
    has an API key can do so over HTTP: at 127.0.0.1:8090, if no other address is given. Opened
    in a browser, that address is the dashboard. On the first signal no new jobs start and the
    running steps are stopped; their tasks are settled by the usual rules, and what can go on goes
    on with the next start. A second signal leaves at once.

    With `--engine temporal` jobs are carried out by workers (`tasktrail worker`), and several of
    these processes may work on one PostgreSQL database, each with a data directory of its own. What
    workers are at goes on when one of these processes stops.
    """
    cluster = GivenCluster(
        address=temporal,
        namespace=namespace,
        tls=temporal_tls,
        tls_ca=temporal_tls_ca,
        tls_certificate=temporal_tls_certificate,
        tls_key=temporal_tls_key,
        api_key_env=temporal_api_key_env,
    )
    given = GivenSettings(engine=engine, database=database, log_store=log_store, temporal=cluster)
    return asyncio.run(_up(data_directory(ctx, data), listen, public_url, given, http=not no_http))


async def _up(
    data: Path,
    listen: str | None,
    public_url: str | None,
    given: GivenSettings,
    *,
    http: bool,
) -> ExitCode:
    config = read_settings(data, given)
    if http:
        # Before this process takes anything over that it could not serve.
        from tasktrail.api.listen_address import parse_listen

        parse_listen(listen or config.listen)
    _set_up_log(config)
    first_words, last_words = _PARTING[config.engine]
    serving = asyncio.current_task()
    assert serving is not None
    stop = asyncio.Event()

    def on_signal(count: int) -> None:
        stop.set()
        note(first_words if count == 1 else last_words)
        if count > 1:
            serving.cancel()

    with on_signals(ENDING_SIGNALS, on_signal) as signals:
        async with open_session(data, engine=True, here=True, given=given) as session:
            if session.engine is not EngineAt.HERE or session.hosting is None:
                raise DataDirectoryError(
                    f"an engine is already running in {data}",
                    hint="use it: every command finds it by itself",
                )
            async with AsyncExitStack() as stack:
                address = f"Data: {data}; listening at {session.hosting.server.address}."
                first_owner = None
                if http:
                    server = await stack.enter_async_context(
                        _serve(session.hosting, listen, public_url)
                    )
                    first_owner = await _first_owner_link(session.hosting)
                    reached = session.hosting.world.installation.address
                    address += f" Dashboard: {reached.url}; REST API: {reached.url}/docs."
                    if server.readable_on_the_way:
                        note("Other machines can reach it: put a proxy with TLS before it.")
                    if reached.everywhere:
                        note("Links name this machine alone: set `public_url` in config.toml.")
                note(f"Tasktrail is up. {address}")
                _tell_of_absence(session.hosting.world.cluster)
                if first_owner is not None:
                    note(
                        "Nobody can sign in yet. This link makes you the owner; it works once, and"
                        " no earlier one does:"
                    )
                    note(first_owner)
                note("Ctrl-C stops it.")
                await _first_set(stop, session.hosting.world.disowned)
                if signals and session.hosting.world.engine is not None:
                    session.hosting.world.engine.told_to_stop(signals[0].name)
            if session.hosting.world.disowned.is_set():
                raise DataDirectoryInUseError(
                    "another engine has taken the database over; this one has stopped",
                    hint="let only one data directory name the database in its config.toml",
                )
    note("Stopped.")
    return ExitCode.WELL


def _set_up_log(config: Config) -> None:
    from tasktrail.structured_log import set_up_log

    set_up_log(config.log_format, config.log_level)


def _serve(
    hosting: Hosting, listen: str | None, public_url: str | None
) -> AbstractAsyncContextManager[HttpServer]:
    from tasktrail.bootstrap import serve_http

    return serve_http(hosting.world, listen, product_version(), public_url)


def _tell_of_absence(cluster: Cluster | None) -> None:
    if cluster is not None and cluster.problem is not None:
        note(f"Warning: {cluster.problem}")
        note("Is the address right, and does it speak TLS? Tasks are accepted, and wait for it.")


async def _first_owner_link(hosting: Hosting) -> str | None:
    from tasktrail.bootstrap import first_owner_link

    return await first_owner_link(hosting.world)


async def _first_set(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
