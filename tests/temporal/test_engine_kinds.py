"""An embedded engine and the Temporal engine never work on one database at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from integration.engine.engine_bench import Bench, bench_of
from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError
from tasktrail.model.status import Status
from temporal.temporal_bench import control, temporal_bench


def on(database: str) -> str:
    """The settings of an embedded engine."""
    return f'database = "{database}"\n'


async def test_an_embedded_engine_is_refused_while_control_processes_work(
    tmp_path: Path, database: str, temporal: str
) -> None:
    async with control(tmp_path / "control", database, temporal):
        with pytest.raises(DataDirectoryInUseError, match="in use"):
            async with bench_of(tmp_path / "embedded", settings=on(database)):
                pass


async def test_a_control_process_is_refused_while_an_embedded_engine_works(
    tmp_path: Path, database: str, temporal: str
) -> None:
    async with bench_of(tmp_path / "embedded", settings=on(database)):
        with pytest.raises(DataDirectoryInUseError, match="an embedded engine works"):
            async with control(tmp_path / "control", database, temporal):
                pass


async def test_what_an_embedded_engine_has_left_goes_on_with_workers(
    tmp_path: Path, database: str, temporal: str
) -> None:
    async with bench_of(tmp_path / "embedded", slots=1, settings=on(database)) as embedded:
        running = await embedded.submit(
            "jobs: {main: {steps: [{run: 'sleep 600', retry_safe: true}]}}\n"
        )
        await embedded.until_status(running, Status.IN_PROGRESS)
        waiting = await embedded.submit("jobs: {main: {steps: [{run: 'true'}]}}\n")
    async with temporal_bench(tmp_path / "control", database, temporal) as bench:
        for task_id in (running, waiting):
            assert (await bench.ended(task_id)).status is Status.DONE
            await bench.workflow_ended(task_id)


async def test_an_embedded_engine_takes_a_database_back_only_when_nothing_lives_there(
    tmp_path: Path, database: str, temporal: str
) -> None:
    async with temporal_bench(tmp_path / "control", database, temporal) as bench:
        task_id = await bench.submit("jobs: {a: {pool: nobody, steps: [{run: 'true'}]}}\n")
    with pytest.raises(DataDirectoryError, match="1 tasks of the Temporal engine have not ended"):
        async with bench_of(tmp_path / "embedded", settings=on(database)):
            pass
    async with control(tmp_path / "control", database, temporal) as world:
        await Bench(tmp_path, world).cancel(task_id)
    async with bench_of(tmp_path / "embedded", settings=on(database)) as embedded:
        assert (
            await embedded.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")
        ).status is Status.DONE


async def test_a_control_process_leaves_when_an_embedded_engine_has_the_database(
    tmp_path: Path, database: str, temporal: str
) -> None:
    async with control(tmp_path / "control", database, temporal) as world:
        owner = await psycopg.AsyncConnection.connect(database, autocommit=True)
        async with owner:
            await owner.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE"
                " locktype = 'advisory' AND mode = 'ShareLock'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            await owner.execute("SELECT pg_advisory_lock(hashtextextended('tasktrail engine', 0))")
            async with asyncio.timeout(10):
                await world.disowned.wait()
