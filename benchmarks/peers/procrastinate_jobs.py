"""Procrastinate on PostgreSQL: submitted here, run by its worker, another process."""

# The packages of peers are not installed where types are checked, so nothing is known of theirs.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false
# pyright: reportUnknownParameterType=false

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from procrastinate import App, PsycopgConnector

from benchmarks import work
from benchmarks.contract import WORKERS, NotOfferedError, Work, take_part
from benchmarks.peers.postgresql import Server, postgresql
from benchmarks.peers.programs import running, until

_ADDRESS = "BENCHMARK_POSTGRESQL"

_POLL = 0.01
"""Seconds, instead of 5: a job that waited for a lock is found only by polling."""


class Procrastinate:
    """Jobs in the database; a job has ended when its row says so."""

    def __init__(self, server: Server, app: App, connection: psycopg.Connection) -> None:
        self._server = server
        self._app = app
        self._connection = connection
        self._perform = app.task(perform, name="perform")

    def submit(self, work: Work, count: int) -> None:
        """See `Contestant.submit`."""
        deferrer = self._perform.configure(lock=work.lock)
        for _ in range(count):
            deferrer.defer(function=work.function, arguments=dict(work.arguments))

    def wait(self) -> None:
        """See `Contestant.wait`."""
        until(self._all_done)

    def wide(self, jobs: int, milliseconds: int) -> None:
        """See `Contestant.wide`."""
        del jobs, milliseconds
        raise NotOfferedError("jobs have no parts")

    def servers(self) -> list[int]:
        """See `Contestant.servers`."""
        return [self._server.process]

    def _all_done(self) -> bool:
        live = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') LIMIT 1"
        return self._connection.execute(live).fetchone() is None


def perform(function: str, arguments: dict[str, str | int]) -> None:
    """Run a function of `benchmarks.work`."""
    getattr(work, function)(**arguments)


@contextmanager
def opened(directory: Path) -> Generator[Procrastinate]:
    """A database in `directory`, and a worker."""
    with postgresql(directory / "postgresql") as server:
        app = App(connector=PsycopgConnector(conninfo=server.address))
        asyncio.run(_apply_schema(app))
        worker = (sys.executable, "-m", "benchmarks.peers.procrastinate_jobs", "worker")
        with (
            running(worker, directory / "log", {_ADDRESS: server.address}),
            app.open(),
            psycopg.connect(server.address, autocommit=True) as connection,
        ):
            yield Procrastinate(server, app, connection)


async def _apply_schema(app: App) -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


async def _work(address: str) -> None:
    app = App(connector=PsycopgConnector(conninfo=address))
    app.task(perform, name="perform")
    async with app.open_async():
        await app.run_worker_async(concurrency=WORKERS, fetch_job_polling_interval=_POLL)


if __name__ == "__main__":
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    if sys.argv[1:] == ["worker"]:
        asyncio.run(_work(os.environ[_ADDRESS]))
    else:
        take_part(opened)
