"""`tasktrail worker`: carry out the jobs of a pool."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tasktrail.cli.engine_options import (
    ApiKeyVariableOption,
    CaOption,
    CertificateOption,
    KeyOption,
    TemporalOption,
    TlsOption,
)
from tasktrail.cli.examples import examples
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.interrupts import ENDING_SIGNALS, on_signals
from tasktrail.cli.options import data_directory
from tasktrail.cli.output import note
from tasktrail.config import LogFormat, LogLevel, TemporalServer
from tasktrail.errors import InvalidInputError, NotSignedInError
from tasktrail.settings import GivenCluster

if TYPE_CHECKING:
    from tasktrail.bootstrap.pool_worker import WorkerSettings
    from tasktrail.worker.temporal.pool_worker import PoolWorker

EPILOG = examples(
    "tasktrail worker --pool eu-1 --url https://tasks.example.com --key-file worker.key "
    "--temporal temporal.example.com:7233",
)

_KEY_VARIABLE = "TASKTRAIL_WORKER_KEY"
_SLOTS_OF_A_CORE = 8
"""Most jobs wait for something else than a core."""

_PATIENCE = 20.0


def worker(
    ctx: typer.Context,
    pool: Annotated[
        str, typer.Option("--pool", envvar="TASKTRAIL_POOL", help="Whose jobs it carries out.")
    ],
    url: Annotated[
        str,
        typer.Option("--url", envvar="TASKTRAIL_URL", help="The server of the installation."),
    ],
    temporal: TemporalOption,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            envvar="TASKTRAIL_WORKER_KEY_FILE",
            metavar="FILE",
            help=f"File with its key, which only its user may read; else it is ${_KEY_VARIABLE}.",
        ),
    ] = None,
    slots: Annotated[
        int | None,
        typer.Option(
            "--slots",
            envvar="TASKTRAIL_SLOTS",
            min=1,
            help="Jobs at once. Default: eight times the number of cores.",
        ),
    ] = None,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            envvar="TASKTRAIL_PATIENCE",
            min=0,
            metavar="SECONDS",
            help="What running jobs are given to end when it is told to leave.",
        ),
    ] = _PATIENCE,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            "--ca-file",
            envvar="TASKTRAIL_CA_FILE",
            metavar="FILE",
            help="Who may have signed the server's certificate, if not whom the machine trusts.",
        ),
    ] = None,
    trusted_network: Annotated[
        bool,
        typer.Option(
            "--trusted-network",
            envvar="TASKTRAIL_TRUSTED_NETWORK",
            help="Take http:// for another machine: nobody else sees what goes there.",
        ),
    ] = False,
    log_format: Annotated[
        LogFormat, typer.Option(envvar="TASKTRAIL_LOG_FORMAT", help="What its own log looks like.")
    ] = LogFormat.TEXT,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Its directory. Default: $TASKTRAIL_DATA, else "
            "$XDG_STATE_HOME/tasktrail-worker, else ~/.local/state/tasktrail-worker.",
            show_default=False,
        ),
    ] = None,
    temporal_tls: TlsOption = None,
    temporal_tls_ca: CaOption = None,
    temporal_tls_certificate: CertificateOption = None,
    temporal_tls_key: KeyOption = None,
    temporal_api_key_env: ApiKeyVariableOption = None,
) -> int:
    """Carry out the jobs of a pool, until Ctrl-C or SIGTERM.

    It connects to the API and to Temporal, and nothing connects to it; it never sees the database.
    Any number of workers serve a pool, on any machines, each with a data directory of its own. On
    the first signal it takes no more jobs and waits for those that run; what does not end in time
    is stopped, and settled by the usual rules. A second signal leaves at once.
    """
    from tasktrail.bootstrap.pool_worker import WorkerSettings
    from tasktrail.structured_log import set_up_log
    from tasktrail.worker.work_api import ServerAddress

    set_up_log(log_format, LogLevel.INFO)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells of every request
    cluster = GivenCluster(
        address=temporal,
        tls=temporal_tls,
        tls_ca=temporal_tls_ca,
        tls_certificate=temporal_tls_certificate,
        tls_key=temporal_tls_key,
        api_key_env=temporal_api_key_env,
    ).server(None)
    if cluster is None:
        raise InvalidInputError("say where Temporal is: --temporal HOST:PORT")
    settings = WorkerSettings(
        pool=pool,
        slots=slots or _SLOTS_OF_A_CORE * (os.cpu_count() or 1),
        data=data_directory(ctx, data, "tasktrail-worker"),
        server=ServerAddress(url, ca_file, trusted_network),
        key=_key(key_file),
    )
    return asyncio.run(_work(settings, cluster, patience))


async def _work(settings: WorkerSettings, cluster: TemporalServer, patience: float) -> ExitCode:
    from tasktrail.bootstrap.pool_worker import open_pool_worker

    working = asyncio.current_task()
    assert working is not None
    stop = asyncio.Event()

    def on_signal(count: int) -> None:
        stop.set()
        note(
            f"Leaving: no new jobs start, running ones have {patience:g} s. Again to leave at once."
            if count == 1
            else "Leaving at once; what still runs is stopped."
        )
        if count > 1:
            working.cancel()

    with on_signals(ENDING_SIGNALS, on_signal):
        async with _known_by_key(settings), AsyncExitStack() as stack:
            stopped = asyncio.ensure_future(stop.wait())
            stack.callback(stopped.cancel)
            opened = stack.enter_async_context(open_pool_worker(settings, cluster))
            pool_worker = await _unless(stopped, opened)
            if pool_worker is not None:
                note(f"A worker of the pool {settings.pool}, with {settings.slots} slots.")
                await _until_over(pool_worker, stopped, patience)
    note("Stopped.")
    return ExitCode.WELL


@asynccontextmanager
async def _known_by_key(settings: WorkerSettings) -> AsyncGenerator[None]:
    """Who is not known by a key of a worker needs another one, and no user's."""
    try:
        yield
    except NotSignedInError as error:
        raise NotSignedInError(
            f"the server at {settings.server.url} does not take the key of this worker:"
            f" {error.message}",
            hint="it may be mistyped, expired or revoked; where the installation is,"
            f" 'tasktrail worker-key create --pool {settings.pool}' makes another one",
        ) from error


async def _unless(
    stopped: asyncio.Future[Literal[True]], opened: Coroutine[Any, Any, PoolWorker]
) -> PoolWorker | None:
    """The worker; None where it is told to leave before there is one."""
    opening = asyncio.ensure_future(opened)
    try:
        await asyncio.wait((stopped, opening), return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not opening.done():
            opening.cancel()
            await asyncio.wait([opening])
    return None if opening.cancelled() else opening.result()


async def _until_over(
    pool_worker: PoolWorker, stopped: asyncio.Future[Literal[True]], patience: float
) -> None:
    """Let it work until it is told to leave.

    Raises:
        RefusedError: the API does not know it any more.
    """
    await asyncio.wait((stopped, pool_worker.refused), return_when=asyncio.FIRST_COMPLETED)
    refused = pool_worker.refused.done()
    await pool_worker.stop(patience=0 if refused else patience)
    if refused:
        raise pool_worker.refused.result()


def _key(file: Path | None) -> str:
    from tasktrail.worker.key_file import checked_key, read_key_file

    if file is not None:
        return read_key_file(file)
    key = os.environ.pop(_KEY_VARIABLE, "")
    if not key:
        raise InvalidInputError(
            "a worker needs a key", hint=f"--key-file FILE, or the variable {_KEY_VARIABLE}"
        )
    return checked_key(key)
