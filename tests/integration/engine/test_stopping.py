"""Cancels and limits: what is stopped, what cleans up, and what nothing is left of."""

from __future__ import annotations

import pytest
from engine_bench import Bench, job_of, step_of

from tasktrail.errors import ConflictError
from tasktrail.model.status import Status

WAITS = "echo ready; while true; do sleep 0.02; done"


async def test_a_cancel_runs_the_clean_up_and_nothing_else(bench: Bench) -> None:
    task_id = await bench.submit(f"""
grace: 1s
jobs:
  main:
    steps:
      - {{name: Work, run: '{WAITS}'}}
      - {{name: Next, run: 'true'}}
      - {{name: Clean up, run: 'echo step >> {bench.directory}/cleaned', when: always}}
  cleanup:
    {{after: main, when: always, steps: ['echo job >> {bench.directory}/cleaned']}}
  later: {{after: main, steps: ['true']}}
""")
    await bench.until_line(task_id, "ready")

    await bench.cancel(task_id)
    await bench.cancel(task_id)
    task = await bench.ended(task_id)

    assert task.status is Status.CANCELED
    assert step_of(task, "Next").status is Status.SKIPPED
    assert job_of(task, "later").status is Status.SKIPPED
    assert bench.lines("cleaned") == ["step", "job"]
    assert bench.workspaces() == []
    with pytest.raises(ConflictError):
        await bench.cancel(task_id)


async def test_a_forced_cancel_skips_grace_and_clean_up(bench: Bench) -> None:
    task_id = await bench.submit(f"""
grace: 60s
jobs:
  main:
    steps:
      - {{name: Work, run: 'trap "" TERM; {WAITS}'}}
      - {{name: Clean up, run: 'echo step >> {bench.directory}/cleaned', when: always}}
""")
    await bench.until_line(task_id, "ready")

    await bench.cancel(task_id, force=True)
    task = await bench.ended(task_id)

    assert task.status is Status.CANCELED
    assert step_of(task, "Clean up").status is Status.SKIPPED
    assert bench.lines("cleaned") == []
    receipt = step_of(task, "Work").attempts[-1].receipt
    assert receipt is not None
    assert "sh" in {process.name for process in receipt.killed}
    assert bench.workspaces() == []


async def test_a_cancel_can_be_sharpened_while_the_grace_runs(bench: Bench) -> None:
    task_id = await bench.submit(f"""
grace: 60s
jobs: {{main: {{steps: [{{name: Work, run: 'trap "echo no" TERM; {WAITS}'}}]}}}}
""")
    await bench.until_line(task_id, "ready")
    await bench.cancel(task_id)
    await bench.until_line(task_id, "no")

    await bench.cancel(task_id, force=True)

    assert (await bench.ended(task_id)).status is Status.CANCELED
    assert bench.processes() == []


async def test_a_task_that_backs_off_is_canceled_at_once(bench: Bench) -> None:
    task_id = await bench.submit("""
jobs:
  main:
    steps: [{name: Flaky, run: exit 1, retry: {attempts: 2, backoff: 1h, on: [user]}}]
""")
    await bench.until_status(task_id, "backed_off")

    await bench.cancel(task_id)

    task = await bench.ended(task_id)
    assert task.status is Status.CANCELED
    assert len(step_of(task, "Flaky").attempts) == 1


SPINS = """
import time
def spins():
    print("ready", flush=True)
    while True: pass
"""


@pytest.mark.parametrize("how", ["cancel", "timeout"])
async def test_a_python_step_that_never_yields_is_stopped(bench: Bench, how: str) -> None:
    (bench.directory / "spinning.py").write_text(SPINS)
    limit = "timeout: 1s" if how == "timeout" else ""
    task_id = await bench.submit(f"""
grace: 200ms
{limit}
jobs: {{main: {{steps: [{{name: Spins, python: 'spinning:spins'}}]}}}}
""")
    await bench.until_line(task_id, "ready")
    if how == "cancel":
        await bench.cancel(task_id)

    task = await bench.ended(task_id)

    assert task.status is (Status.CANCELED if how == "cancel" else Status.TIMED_OUT)
    receipt = step_of(task, "Spins").attempts[-1].receipt
    assert receipt is not None
    assert receipt.survived == ()
    assert receipt.proof is not None
    assert bench.processes() == []


async def test_the_clock_of_a_task_includes_back_off(bench: Bench) -> None:
    task = await bench.outcome("""
timeout: 300ms
jobs:
  main:
    steps: [{name: Flaky, run: exit 1, retry: {attempts: 9, backoff: 1h, on: [user]}}]
""")

    assert task.status is Status.TIMED_OUT
    assert bench.workspaces() == []


@pytest.mark.parametrize("delay", [0, 1, 2, 3, 5, 8, 13])
async def test_a_cancel_at_any_moment_of_a_quick_task_is_answered(bench: Bench, delay: int) -> None:
    """Before it starts, as it ends, or after: the task ends, and nothing is left."""
    task_id = await bench.submit("jobs: {main: {steps: ['true', 'true', 'true']}}")
    for _ in range(delay):
        await bench.task(task_id)
    try:
        await bench.cancel(task_id)
    except ConflictError:
        assert (await bench.task(task_id)).status is Status.DONE

    task = await bench.ended(task_id)

    assert task.status in {Status.CANCELED, Status.DONE}
    assert bench.world.engine is not None
    await bench.world.engine.idle()
    assert bench.processes() == []
    assert bench.workspaces() == []
