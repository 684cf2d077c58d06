"""What was decided and not told is told by whoever finds it."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from integration.engine.engine_bench import BY, step_of
from tasktrail.bootstrap import open_world
from tasktrail.engine.temporal import open_workflows
from tasktrail.engine.temporal.open_workflows import OpenWorkflows
from tasktrail.model.orders import MOST_GIVEN, orders_of
from tasktrail.model.status import Status
from tasktrail.store.states import load_state
from temporal.temporal_bench import TemporalBench, settings, temporal_bench

TESTS = Path(__file__).parent.parent


async def test_a_task_is_started_though_its_process_died_before_it_told_anybody(
    tmp_path: Path, database: str, temporal: str
) -> None:
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "temporal.mortal", str(tmp_path / "killed"), database, temporal),
        cwd=TESTS,
    )
    assert await killed.wait() == -signal.SIGKILL
    async with temporal_bench(tmp_path / "next", database, temporal) as bench:
        (task_id,) = await bench.live_tasks()
        assert (await bench.ended(task_id)).status is Status.DONE
        await bench.workflow_ended(task_id)
        assert len(bench.worker.given) == 1


async def test_a_task_whose_process_died_is_started_once_by_another_one_within_seconds(
    bench: TemporalBench, tmp_path: Path, database: str, temporal: str
) -> None:
    """The other one runs all the while."""
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "temporal.mortal", str(tmp_path / "killed"), database, temporal),
        cwd=TESTS,
    )
    assert await killed.wait() == -signal.SIGKILL
    (task_id,) = await bench.live_tasks()
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    assert task.started_at is not None
    assert task.created_at is not None
    assert task.started_at - task.created_at < timedelta(seconds=10)
    await bench.workflow_ended(task_id)
    assert await bench.outbox_emptied() == {}
    assert len(bench.worker.given) == 1
    assert await bench.runs_of(task_id) == 1


async def test_what_a_command_without_an_engine_decides_is_told_by_others(
    bench: TemporalBench, tmp_path: Path, database: str, temporal: str
) -> None:
    task_id = await bench.submit("jobs: {main: {steps: [{run: wait}]}}\n")
    await bench.worker.held.wait()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "config.toml").write_text(settings(database, temporal, tmp_path / "log-store"))
    async with open_world(elsewhere, engine=False) as world:
        await world.operations.call("cancel", {**BY, "id": task_id, "force": False})
    assert (await bench.ended(task_id)).status is Status.CANCELED
    await bench.workflow_ended(task_id)


async def test_a_cluster_that_knows_nothing_is_told_of_all_live_tasks(
    tmp_path: Path, database: str, temporal: str
) -> None:
    """As after it was set up anew: the namespace is another one than it was."""
    async with temporal_bench(tmp_path, database, temporal) as bench:
        task_id = await bench.submit("jobs: {a: {pool: later, steps: [{run: 'true'}]}}\n")
        await bench.until_looked_at(task_id)
        await bench.lose_workflow(task_id)
        await bench.forget_namespace()
    async with temporal_bench(tmp_path, database, temporal, pool="later") as bench:
        assert (await bench.ended(task_id)).status is Status.DONE
        await bench.workflow_ended(task_id)


async def test_a_workflow_that_was_terminated_is_started_again_once(bench: TemporalBench) -> None:
    """However many processes notice that it is gone. This takes as long as a lost worker is waited
    for."""
    task_id = await bench.submit("jobs: {main: {steps: [{run: freeze once, retry_safe: true}]}}\n")
    other = await bench.submit("jobs: {a: {pool: later, steps: [{run: 'true'}]}}\n")
    await bench.until(task_id, lambda task: step_of(task, "freeze once").started_at is not None)
    await bench.until_looked_at(other)
    await bench.lose_workflow(task_id)
    await bench.until_seen_closed(task_id)
    store = bench.world.installation.decisions.store
    workflows = OpenWorkflows(bench.client, bench.own.name, store)
    await asyncio.gather(*(workflows.look(settled=0.0) for _ in range(3)))
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    statuses = [one.status for one in step_of(task, "freeze once").attempts]
    assert statuses == [Status.FAILED, Status.DONE]
    await bench.workflow_ended(task_id)
    assert await bench.runs_of(task_id) == 2
    assert await bench.runs_of(other) == 1
    await bench.cancel(other)
    await bench.workflow_ended(other)


async def test_a_time_limit_is_enforced_though_the_workflow_was_terminated(
    tmp_path: Path, database: str, temporal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control process notices that by itself, and so it does for a task that waits."""
    monkeypatch.setattr(open_workflows, "BETWEEN_LOOKS", 0.2)
    monkeypatch.setattr(open_workflows, "SETTLED", 0.0)
    async with temporal_bench(tmp_path, database, temporal) as bench:
        task_id = await bench.submit("timeout: 2s\njobs: {main: {steps: [{run: freeze}]}}\n")
        await bench.until(task_id, lambda task: step_of(task, "freeze").started_at is not None)
        await bench.lose_workflow(task_id)
        assert (await bench.ended(task_id)).status is Status.TIMED_OUT
        await bench.workflow_ended(task_id)
        assert await bench.runs_of(task_id) == 2


async def test_a_workflow_that_began_after_the_end_of_its_task_ends_though_no_worker_comes(
    bench: TemporalBench,
) -> None:
    """As when a start takes so long that a cancel is told before it, of which no workflow knows."""
    task_id = await bench.submit("jobs: {a: {pool: nobody, steps: [{run: 'true'}]}}\n")
    await bench.until_looked_at(task_id)
    await bench.lose_workflow(task_id)
    await bench.until_seen_closed(task_id)
    store = bench.world.installation.decisions.store
    state = await store.read(lambda one: load_state(one, task_id))
    orders = orders_of(state, [], MOST_GIVEN, state.task.created_at)
    await bench.cancel(task_id)
    assert (await bench.ended(task_id)).status is Status.CANCELED
    assert await bench.outbox_emptied() == {}
    await bench.start_workflow(task_id, orders=orders)
    workflows = OpenWorkflows(bench.client, bench.own.name, store)
    ended = asyncio.ensure_future(bench.workflow_ended(task_id))
    async with asyncio.timeout(30):
        while not ended.done():
            await workflows.look(settled=0.0)
            await asyncio.wait([ended], timeout=0.2)  # the server tells nobody of what it lists
    await ended
    assert await bench.outbox_emptied() == {}


async def test_nudges_that_come_too_often_change_nothing(bench: TemporalBench) -> None:
    task_id = await bench.submit("jobs: {main: {steps: [{run: hold}]}}\n")
    await bench.worker.held.wait()
    for _ in range(5):
        await bench.world.installation.decisions.make(lambda ledger: ledger.show_all(task_id))
    bench.worker.release.set()
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    await bench.workflow_ended(task_id)
    assert len(bench.worker.given) == 1
    await bench.world.installation.decisions.make(lambda ledger: ledger.show_all(task_id))
    assert await bench.outbox_emptied() == {}
    assert await bench.runs_of(task_id) == 1, "what has ended is not started again"


async def test_the_outbox_is_empty_once_everybody_was_told(bench: TemporalBench) -> None:
    tasks = [await bench.submit("jobs: {main: {steps: [{run: 'true'}]}}\n") for _ in range(10)]
    for task_id in tasks:
        await bench.ended(task_id)
        await bench.workflow_ended(task_id)
    assert await bench.outbox_emptied() == {}
