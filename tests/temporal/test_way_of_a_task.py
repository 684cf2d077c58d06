"""A task goes from its submission through its workflow to workers, and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integration.engine.engine_bench import job_of, step_of
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench
from temporal.tiny_worker import working


async def test_a_task_is_carried_out_by_a_worker(bench: TemporalBench) -> None:
    task = await bench.outcome("jobs: {main: {steps: [{run: 'true'}, {run: 'true'}]}}\n")
    assert task.status is Status.DONE
    assert bench.worker.claimed == ["main"]
    await bench.workflow_ended(task.id)


async def test_a_task_of_one_job_is_begun_and_ended_without_a_look(bench: TemporalBench) -> None:
    task = await bench.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")
    await bench.workflow_ended(task.id)
    history = await bench.workflow_history(task.id)
    kinds = [event.WhichOneof("attributes") for event in history.events]
    assert "marker_recorded_event_attributes" not in kinds, "a look leaves one"
    assert len(kinds) == 12, kinds


async def test_jobs_are_begun_once_those_that_they_need_have_ended(bench: TemporalBench) -> None:
    task = await bench.outcome(
        """
jobs:
  a: {steps: [{run: 'true'}]}
  b: {after: a, steps: [{run: 'false'}]}
  c: {after: b, steps: [{run: 'true'}]}
  d: {after: a, steps: [{run: 'true'}]}
"""
    )
    assert task.status is Status.FAILED
    assert bench.worker.claimed[0] == "a"
    assert sorted(bench.worker.claimed[1:]) == ["b", "d"]
    assert job_of(task, "c").status is Status.SKIPPED
    await bench.workflow_ended(task.id)


async def test_a_job_waits_for_a_worker_of_its_pool(bench: TemporalBench) -> None:
    task_id = await bench.submit("jobs: {a: {pool: eu-1, steps: [{run: 'true'}]}}\n")
    await bench.until_looked_at(task_id)
    assert (await bench.task(task_id)).status is Status.QUEUED
    async with working(bench.client, bench.world, "eu-1") as other:
        assert (await bench.ended(task_id)).status is Status.DONE
        assert other.claimed == ["a"]
        await bench.workflow_ended(task_id)
    assert bench.worker.claimed == []


async def test_a_retry_comes_when_its_back_off_is_over(bench: TemporalBench) -> None:
    step = "{run: break once, retry: {attempts: 2, backoff: 1s}}"
    task_id = await bench.submit(f"jobs: {{main: {{steps: [{step}]}}}}\n")
    await bench.until_status(task_id, Status.BACKED_OFF)
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    first, second = step_of(task, "break once").attempts
    assert first.ended_at is not None
    assert second.started_at is not None
    assert second.started_at - first.ended_at >= timedelta(seconds=1)
    assert len(bench.worker.given) == 2
    await bench.workflow_ended(task_id)


async def test_a_task_starts_at_its_time_and_not_before(bench: TemporalBench) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    task_id = await bench.submit(
        "jobs: {main: {steps: [{run: 'true'}]}}\n", not_before=due.isoformat()
    )
    assert (await bench.task(task_id)).status is Status.PENDING
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    assert task.started_at is not None
    assert task.started_at >= due
    await bench.workflow_ended(task_id)


async def test_tasks_wait_for_each_other_at_a_lock(bench: TemporalBench) -> None:
    book = "locks: [one]\njobs: {main: {steps: [{run: hold}]}}\n"
    first = await bench.submit(book)
    await bench.worker.held.wait()
    second = await bench.submit(book)
    waiting = await bench.until_status(second, Status.PENDING)
    assert [wait.task_id for wait in waiting.waiting_on] == [first]
    bench.worker.release.set()
    assert (await bench.ended(first)).status is Status.DONE
    assert (await bench.ended(second)).status is Status.DONE
    await bench.workflow_ended(second)


async def test_a_wide_task_gives_all_of_its_jobs_away_once(bench: TemporalBench) -> None:
    jobs = "".join(f"  j{number}: {{steps: [{{run: 'true'}}]}}\n" for number in range(60))
    task = await bench.outcome(f"jobs:\n{jobs}")
    assert task.status is Status.DONE
    assert sorted(bench.worker.claimed) == sorted(f"j{number}" for number in range(60))
    assert len(bench.worker.given) == 60
    await bench.workflow_ended(task.id)


async def test_an_immediate_task_has_no_workflow(bench: TemporalBench) -> None:
    await bench.world.operations.call(
        "record",
        {"author": "user", "user": {"id": 7, "name": "Ada"}, "name": "note", "title": "A note"},
    )
    task = await bench.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")
    await bench.workflow_ended(task.id)
    assert await bench.workflow_ids() == [task.id]
