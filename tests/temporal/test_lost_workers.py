"""What becomes of jobs whose workers are gone, or never came."""

from __future__ import annotations

from integration.engine.engine_bench import step_of
from tasktrail.model.status import Status
from temporal.temporal_bench import TemporalBench


async def test_a_step_that_must_not_be_repeated_fails_with_its_worker(bench: TemporalBench) -> None:
    task = await bench.outcome("jobs: {main: {steps: [{run: leave}]}}\n")
    assert task.status is Status.FAILED
    assert step_of(task, "leave").message == "worker lost"
    await bench.workflow_ended(task.id)


async def test_a_step_that_is_safe_to_repeat_is_given_to_another_worker(
    bench: TemporalBench,
) -> None:
    task = await bench.outcome("jobs: {main: {steps: [{run: leave once, retry_safe: true}]}}\n")
    assert task.status is Status.DONE
    assert [attempt.status for attempt in step_of(task, "leave once").attempts] == [
        Status.FAILED,
        Status.DONE,
    ]
    claims = [call.claim for call in bench.worker.given]
    assert len(set(claims)) == 2
    await bench.workflow_ended(task.id)


async def test_a_worker_that_gives_no_sign_of_life_is_replaced(bench: TemporalBench) -> None:
    """This takes as long as such a worker is waited for."""
    task = await bench.outcome("jobs: {main: {steps: [{run: freeze once, retry_safe: true}]}}\n")
    assert task.status is Status.DONE
    first, second = step_of(task, "freeze once").attempts
    assert first.started_at is not None
    assert second.started_at is not None
    assert (second.started_at - first.started_at).total_seconds() < 20
    await bench.workflow_ended(task.id)


async def test_a_job_whose_worker_breaks_before_it_claims_is_given_away_again(
    bench: TemporalBench,
) -> None:
    bench.worker.breaks = 2
    task = await bench.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")
    assert task.status is Status.DONE
    assert len(bench.worker.given) == 3
    assert len(step_of(task, "true").attempts) == 1
    await bench.workflow_ended(task.id)


async def test_a_claim_that_comes_after_its_worker_was_given_up_takes_nothing(
    bench: TemporalBench,
) -> None:
    """A request may go on in an API process while its worker is long gone: nobody would notice what
    it took."""
    bench.worker.breaks = 3
    task_id = await bench.submit("jobs: {main: {steps: [{run: 'true'}]}}\n")
    await bench.worker.whole.wait()
    assert await bench.worker.claim(bench.worker.given[0]) is None
    assert (await bench.ended(task_id)).status is Status.DONE
    await bench.workflow_ended(task_id)


async def test_a_worker_that_is_lost_together_with_its_workflow_is_replaced(
    bench: TemporalBench,
) -> None:
    """This takes as long as such a worker is waited for."""
    task_id = await bench.submit("jobs: {main: {steps: [{run: freeze once, retry_safe: true}]}}\n")
    await bench.until(task_id, lambda task: step_of(task, "freeze once").started_at is not None)
    await bench.lose_workflow(task_id)
    await bench.start_workflow(task_id)
    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    assert len(step_of(task, "freeze once").attempts) == 2
    await bench.workflow_ended(task_id)
