"""What waits for a slot is claimed with the end of what had it, in one commit."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from engine_bench import Bench, bench_of, job_of

from tasktrail.model.status import Status

QUICK = "jobs: {main: {steps: ['true']}}"


async def busy(bench: Bench, more: str = "") -> tuple[int, Path]:
    """A task that keeps the only slot until a file is there."""
    go = bench.directory / "go"
    work = f"echo busy; until test -e {go}; do sleep 0.01; done"
    task_id = await bench.submit(f"jobs: {{main: {{steps: ['{work}']}}{more}}}")
    await bench.until_line(task_id, "busy")
    return task_id, go


async def test_a_waiting_job_starts_in_the_decision_that_ends_the_one_before_it(
    narrow_bench: Bench,
) -> None:
    bench = narrow_bench
    first, go = await busy(bench)
    waiting = [await bench.submit(QUICK) for _ in range(3)]
    go.touch()

    tasks = [await bench.ended(task_id) for task_id in (first, *waiting)]

    assert all(task.status is Status.DONE for task in tasks)
    for before, after in pairwise(tasks):
        assert job_of(after).started_at == job_of(before).ended_at
    assert not bench.workspaces()


async def test_what_a_job_makes_ready_is_older_than_what_waits(narrow_bench: Bench) -> None:
    bench = narrow_bench
    chain, go = await busy(bench, ", second: {after: main, steps: ['true']}")
    waiting = await bench.submit(QUICK)
    go.touch()

    second = job_of(await bench.ended(chain), "second")
    later = job_of(await bench.ended(waiting))

    assert second.ended_at is not None
    assert later.started_at is not None
    assert second.ended_at <= later.started_at


async def test_a_job_that_was_canceled_while_it_waited_leaves_the_slot_to_others(
    narrow_bench: Bench,
) -> None:
    bench = narrow_bench
    first, go = await busy(bench)
    canceled, waiting = await bench.submit(QUICK), await bench.submit(QUICK)
    await bench.cancel(canceled)
    go.touch()

    assert (await bench.ended(first)).status is Status.DONE
    assert (await bench.ended(canceled)).status is Status.CANCELED
    assert (await bench.ended(waiting)).status is Status.DONE
    assert not bench.workspaces()


async def test_what_waits_is_started_at_the_next_start_if_the_engine_leaves(tmp_path: Path) -> None:
    async with bench_of(tmp_path, slots=1) as bench:
        _, go = await busy(bench)
        waiting = await bench.submit(QUICK)
    go.touch()

    async with bench_of(tmp_path, slots=1) as bench:
        assert (await bench.ended(waiting)).status is Status.DONE
