"""A workflow whose history becomes long goes on with a new one, and loses nothing by that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.engine.engine_bench import Bench
from tasktrail.bootstrap import open_world
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench, settings

SHORT = 12
"""Events: about as many as one job makes."""

CHAIN = "".join(
    f"  j{number}: {{after: [{f'j{number - 1}' if number else ''}], steps: [{{run: 'true'}}]}}\n"
    for number in range(5)
)


@pytest.fixture
async def quiet(tmp_path: Path, database: str, temporal: str) -> AsyncIterator[Bench]:
    """A process that accepts tasks, and tells nobody."""
    data = tmp_path / "quiet"
    data.mkdir()
    (data / "config.toml").write_text(settings(database, temporal, tmp_path / "log-store"))
    async with open_world(data, engine=False) as world:
        yield Bench(tmp_path, world)


async def test_a_task_with_many_jobs_goes_through_several_histories(
    bench: TemporalBench, quiet: Bench
) -> None:
    task_id = await quiet.submit(f"jobs:\n{CHAIN}")
    await bench.start_workflow(task_id, longest_history=SHORT)
    assert (await bench.ended(task_id)).status is Status.DONE
    await bench.workflow_ended(task_id)
    assert await bench.runs_of(task_id) > 2
    assert bench.worker.claimed == [f"j{number}" for number in range(5)]
    assert len(bench.worker.given) == 5


async def test_a_cancel_is_heard_whichever_history_it_comes_to(
    bench: TemporalBench, quiet: Bench
) -> None:
    last = "  last: {after: [j4], steps: [{run: wait}]}\n"
    task_id = await quiet.submit(f"jobs:\n{CHAIN}{last}")
    await bench.start_workflow(task_id, longest_history=SHORT)
    await bench.worker.held.wait()
    await bench.cancel(task_id)
    assert (await bench.ended(task_id)).status is Status.CANCELED
    await bench.workflow_ended(task_id)


async def test_a_worker_that_is_lost_as_a_history_ends_is_noticed_in_the_next(
    bench: TemporalBench, quiet: Bench
) -> None:
    task_id = await quiet.submit("jobs: {main: {steps: [{run: leave once, retry_safe: true}]}}\n")
    await bench.start_workflow(task_id, longest_history=4)
    assert (await bench.ended(task_id)).status is Status.DONE
    await bench.workflow_ended(task_id)
    assert await bench.runs_of(task_id) > 1
