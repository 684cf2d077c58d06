"""What a stop of a spawn step means for the task that it waits for."""

from __future__ import annotations

import pytest
from engine_bench import Bench, step_of

from tasktrail.model.status import Status

NEVER_ENDS = """
jobs:
  main:
    steps:
      - 'echo ready; exec sleep 60'
      - {name: Clean up, when: always, run: 'echo cleaning; exec sleep 60'}
"""


@pytest.mark.parametrize(
    ("of_task", "of_step"),
    [("", ", timeout: 1s"), ("timeout: 1s", "")],
    ids=["the step's", "the task's"],
)
async def test_a_time_limit_ends_the_spawned_task_with_its_clean_up_when_the_grace_is_over(
    bench: Bench, of_task: str, of_step: str
) -> None:
    child = bench.runbook("child", NEVER_ENDS)

    task = await bench.outcome(f"""
{of_task}
jobs: {{main: {{steps: [{{name: Spawn, spawn: {child}, grace: 1s{of_step}}}]}}}}
""")

    assert task.status is Status.TIMED_OUT
    assert step_of(task, "Spawn").status is Status.TIMED_OUT
    spawned = await bench.task(task.spawned_task_ids[0])
    assert spawned.status is Status.CANCELED
    assert step_of(spawned, "Clean up").status is Status.CANCELED
    assert bench.processes() == []


async def test_a_cancel_lets_the_spawned_task_clean_up_however_long_that_takes(
    bench: Bench,
) -> None:
    child = bench.runbook(
        "child", NEVER_ENDS.replace("'echo cleaning; exec sleep 60'", "sleep 0.5")
    )
    task_id = await bench.submit(
        f"jobs: {{main: {{steps: [{{name: Spawn, spawn: {child}, grace: 50ms}}]}}}}"
    )
    task = await bench.until(task_id, lambda task: bool(task.spawned_task_ids))
    (spawned,) = task.spawned_task_ids
    await bench.until_line(spawned, "ready")

    await bench.cancel(task_id)

    assert (await bench.ended(task_id)).status is Status.CANCELED
    assert step_of(await bench.task(spawned), "Clean up").status is Status.DONE
