"""Tasks that steps submit have workflows of their own."""

from __future__ import annotations

from integration.engine.engine_bench import step_of
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench

SPAWNS = "jobs: {main: {steps: [{name: other, spawn: other.yml}]}}\n"


async def test_a_step_waits_for_the_task_that_it_has_spawned(bench: TemporalBench) -> None:
    bench.runbook("other", "jobs: {main: {steps: [{run: 'true'}]}}\n")
    task = await bench.outcome(SPAWNS)
    assert task.status is Status.DONE
    (spawned,) = task.spawned_task_ids
    assert (await bench.task(spawned)).status is Status.DONE
    for task_id in (task.id, spawned):
        await bench.workflow_ended(task_id)


async def test_a_cancel_reaches_what_the_spawned_task_runs(bench: TemporalBench) -> None:
    bench.runbook("other", "jobs: {main: {steps: [{run: wait}]}}\n")
    task_id = await bench.submit(SPAWNS)
    await bench.worker.held.wait()
    await bench.cancel(task_id)
    task = await bench.ended(task_id)
    assert task.status is Status.CANCELED
    assert step_of(task, "other").status is Status.CANCELED
    (spawned,) = task.spawned_task_ids
    assert (await bench.task(spawned)).status is Status.CANCELED
    for ended in (task_id, spawned):
        await bench.workflow_ended(ended)
