"""Cancels and time limits reach what workers do, wherever it is."""

from __future__ import annotations

from datetime import timedelta

from integration.engine.engine_bench import job_of
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench


async def test_a_cancel_reaches_the_step_that_runs(bench: TemporalBench) -> None:
    task_id = await bench.submit(
        "jobs: {a: {steps: [{run: wait}]}, b: {after: a, steps: [{run: 'true'}]}}\n"
    )
    await bench.worker.held.wait()
    await bench.cancel(task_id)
    task = await bench.ended(task_id)
    assert task.status is Status.CANCELED
    assert job_of(task, "b").status is Status.SKIPPED
    await bench.workflow_ended(task_id)


async def test_clean_up_runs_after_a_cancel(bench: TemporalBench) -> None:
    task_id = await bench.submit(
        "jobs: {main: {steps: [{run: wait}, {run: 'true', when: always}]}}\n"
    )
    await bench.worker.held.wait()
    await bench.cancel(task_id)
    task = await bench.ended(task_id)
    assert task.status is Status.CANCELED
    steps = [step.status for step in job_of(task).steps if not step.is_system]
    assert steps == [Status.CANCELED, Status.DONE]
    await bench.workflow_ended(task_id)


async def test_what_no_worker_has_taken_is_canceled_at_once(bench: TemporalBench) -> None:
    task_id = await bench.submit("jobs: {a: {pool: nobody, steps: [{run: 'true'}]}}\n")
    await bench.until_looked_at(task_id)
    await bench.cancel(task_id)
    assert (await bench.task(task_id)).status is Status.CANCELED
    await bench.workflow_ended(task_id)


async def test_a_task_that_waits_for_its_time_is_canceled_with_its_workflow(
    bench: TemporalBench,
) -> None:
    task_id = await bench.submit(
        "jobs: {main: {steps: [{run: 'true'}]}}\n", not_before="2100-01-01T00:00:00Z"
    )
    await bench.until_looked_at(task_id)
    await bench.cancel(task_id)
    await bench.workflow_ended(task_id)
    assert bench.worker.given == []


async def test_a_task_is_stopped_at_its_time_limit(bench: TemporalBench) -> None:
    task = await bench.outcome("timeout: 1s\njobs: {main: {steps: [{run: wait}]}}\n")
    assert task.status is Status.TIMED_OUT
    assert task.started_at is not None
    assert task.ended_at is not None
    took = task.ended_at - task.started_at
    assert timedelta(seconds=1) <= took < timedelta(seconds=3)
    await bench.workflow_ended(task.id)


async def test_a_job_is_stopped_at_its_time_limit_and_others_go_on(bench: TemporalBench) -> None:
    task = await bench.outcome(
        "jobs: {a: {timeout: 1s, steps: [{run: wait}]}, b: {steps: [{run: 'true'}]}}\n"
    )
    assert job_of(task, "a").status is Status.TIMED_OUT
    assert job_of(task, "b").status is Status.DONE
    await bench.workflow_ended(task.id)


async def test_a_back_off_counts_as_time_of_the_task(bench: TemporalBench) -> None:
    step = "{run: break, retry: {attempts: 2, backoff: 1h}}"
    task = await bench.outcome(f"timeout: 1s\njobs: {{main: {{steps: [{step}]}}}}\n")
    assert task.status is Status.TIMED_OUT
    await bench.workflow_ended(task.id)


async def test_the_other_jobs_are_stopped_when_one_fails_fast(bench: TemporalBench) -> None:
    task_id = await bench.submit(
        """
fail_fast: true
jobs:
  a: {steps: [{run: wait}]}
  b: {steps: [{run: hold}, {run: 'false'}]}
"""
    )
    await bench.until(task_id, lambda task: all(job.started_at for job in task.jobs))
    bench.worker.release.set()
    task = await bench.ended(task_id)
    assert task.status is Status.FAILED
    assert job_of(task, "a").status is Status.CANCELED
    await bench.workflow_ended(task_id)
