"""Several control processes work on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.engine.engine_bench import Bench
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench, control


@pytest.fixture
async def other(tmp_path: Path, database: str, temporal: str) -> AsyncIterator[Bench]:
    """A second control process."""
    async with control(tmp_path / "other", database, temporal, tmp_path / "log-store") as world:
        yield Bench(tmp_path / "other", world)


async def test_who_watches_at_one_process_sees_what_is_decided_at_another(
    bench: TemporalBench, other: Bench
) -> None:
    task_id = await other.submit("jobs: {main: {steps: [{run: hold}]}}\n")
    await bench.worker.held.wait()
    watching = asyncio.ensure_future(other.ended(task_id))
    await other.until_status(task_id, Status.IN_PROGRESS)
    bench.worker.release.set()
    async with asyncio.timeout(5):
        assert (await watching).status is Status.DONE


async def test_every_job_is_given_away_once_wherever_its_task_was_accepted(
    bench: TemporalBench, other: Bench
) -> None:
    tasks = await asyncio.gather(
        *(
            one.submit("jobs: {main: {steps: [{run: 'true'}]}}\n")
            for one in (bench, other)
            for _ in range(15)
        )
    )
    for task_id in tasks:
        assert (await bench.ended(task_id)).status is Status.DONE
        await bench.workflow_ended(task_id)
    assert sorted(call.task_id for call in bench.worker.given) == sorted(tasks)


async def test_links_to_logs_are_good_at_every_process(bench: TemporalBench, other: Bench) -> None:
    assert bench.world.link_key == other.world.link_key
