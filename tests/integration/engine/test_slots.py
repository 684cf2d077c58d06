"""How many jobs are at work at once, also when tasks are stopped."""

from __future__ import annotations

from engine_bench import Bench, step_of

from tasktrail.model.status import Status

BACKS_OFF = "{name: Fails, run: exit 1, retry: {attempts: 2, backoff: 1h, on: [user]}}"


async def backed_off(bench: Bench, clean_up: str) -> int:
    """A task whose job holds no slot, and has that to do when the task is stopped."""
    task_id = await bench.submit(f"jobs: {{main: {{steps: [{BACKS_OFF}, {clean_up}]}}}}")
    await bench.until_status(task_id, "backed_off")
    return task_id


async def test_the_clean_up_of_many_stopped_tasks_is_not_done_all_at_once(
    narrow_bench: Bench,
) -> None:
    bench = narrow_bench
    alone = f"cd {bench.directory} && mkdir alone && sleep 0.05 && rmdir alone"
    task_ids = [
        await backed_off(bench, f"{{name: Clean up, when: always, run: '{alone}'}}")
        for _ in range(4)
    ]

    for task_id in task_ids:
        await bench.cancel(task_id)

    for task_id in task_ids:
        task = await bench.ended(task_id)
        assert task.status is Status.CANCELED
        assert step_of(task, "Clean up").status is Status.DONE


async def test_clean_up_does_not_wait_for_the_slot_of_others(narrow_bench: Bench) -> None:
    bench = narrow_bench
    stopped = await backed_off(bench, "{name: Clean up, when: always, run: 'true'}")
    busy = await bench.submit("jobs: {main: {steps: ['echo busy; exec sleep 60']}}")
    await bench.until_line(busy, "busy")

    await bench.cancel(stopped)

    assert (await bench.ended(stopped)).status is Status.CANCELED
    assert (await bench.task(busy)).status is Status.IN_PROGRESS
    await bench.cancel(busy, force=True)


async def test_clean_up_that_waits_for_a_spawned_task_gives_away_no_slot_of_others(
    narrow_bench: Bench,
) -> None:
    bench = narrow_bench
    go, alone = bench.directory / "go", bench.directory / "alone"
    child = bench.runbook("child", f"jobs: {{main: {{steps: ['test ! -e {alone}']}}}}")
    stopped = await backed_off(bench, f"{{name: Clean up, when: always, spawn: {child}}}")
    # What would have been started beside it has time to be seen before it ends.
    work = f"mkdir {alone}; echo busy; until test -e {go}; do sleep 0.01; done; sleep 0.2"
    busy = await bench.submit(f"jobs: {{main: {{steps: ['{work}; rmdir {alone}']}}}}")
    await bench.until_line(busy, "busy")

    await bench.cancel(stopped)
    task = await bench.until(stopped, lambda task: bool(task.spawned_task_ids))
    (spawned,) = task.spawned_task_ids
    go.touch()

    assert (await bench.ended(busy)).status is Status.DONE
    assert (await bench.ended(spawned)).status is Status.DONE
    assert step_of(await bench.ended(stopped), "Clean up").status is Status.DONE
