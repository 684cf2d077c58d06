"""Each status, reached by real work (M5)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest
from engine_bench import Bench, job_of, step_of

from tasktrail.local.shape import Receipt, Task
from tasktrail.model.status import Status

GROW = """
grace: 1s
jobs:
  main:
    steps:
      - name: Grow
        run: |
          echo ready
          while true; do echo x >> "{file}"; sleep 0.01; done
{options}
"""
"""Appends to a file until it is stopped."""


def growing(bench: Bench, options: str = "", task: str = "") -> str:
    return task + GROW.format(file=bench.directory / "grown", options=options)


def receipt_of(task: Task, step: str) -> Receipt:
    receipt = step_of(task, step).attempts[-1].receipt
    assert receipt is not None
    return receipt


def assert_stopped(bench: Bench, receipt: Receipt) -> None:
    """Nothing lives, nothing grows, and the record says what was stopped."""
    size = len(bench.lines("grown"))
    assert size > 0
    assert bench.processes() == []
    assert {"sh"} <= {process.name for process in receipt.signalled}
    assert receipt.survived == ()
    assert receipt.proof is not None
    assert len(bench.lines("grown")) == size


async def test_pending_behind_a_lock_with_its_holder_and_its_position(bench: Bench) -> None:
    locked = "locks: [db]\n"
    holder = await bench.submit(growing(bench, task=locked))
    await bench.until_line(holder, "ready")
    first = await bench.submit(locked + "jobs: {main: {steps: ['true']}}")
    second = await bench.submit(locked + "jobs: {main: {steps: ['true']}}")

    waiting = [await bench.task(one) for one in (first, second)]

    assert [task.status for task in waiting] == [Status.PENDING] * 2
    assert [
        (wait.kind, wait.name, wait.task_id, wait.position) for wait in waiting[0].waiting_on
    ] == [("lock", "db", holder, 1)]
    assert [(wait.task_id, wait.position) for wait in waiting[1].waiting_on] == [(holder, 2)]
    await bench.cancel(holder)
    for task_id in (first, second):
        assert (await bench.ended(task_id)).status is Status.DONE


async def test_pending_until_its_not_before_time(bench: Bench) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=0.5)
    task_id = await bench.submit("jobs: {main: {steps: ['true']}}", not_before=moment.isoformat())

    task = await bench.task(task_id)

    assert task.status is Status.PENDING
    assert [wait.kind for wait in task.waiting_on] == ["time"]
    assert task.waiting_on[0].until == moment
    ended = await bench.ended(task_id)
    assert ended.status is Status.DONE
    assert ended.started_at is not None
    assert ended.started_at >= moment


async def test_queued_while_all_slots_are_taken(narrow_bench: Bench) -> None:
    bench = narrow_bench
    running = await bench.submit(growing(bench))
    await bench.until_line(running, "ready")
    waiting = await bench.submit("jobs: {main: {steps: ['true']}}")

    task = await bench.task(waiting)

    assert task.status is Status.QUEUED
    assert task.waiting_on == ()
    await bench.cancel(running)
    assert (await bench.ended(waiting)).status is Status.DONE


async def test_in_progress_while_a_step_runs(bench: Bench) -> None:
    task_id = await bench.submit(growing(bench))
    await bench.until_line(task_id, "ready")

    task = await bench.task(task_id)

    assert task.status is Status.IN_PROGRESS
    assert job_of(task).status is Status.IN_PROGRESS
    assert step_of(task, "Grow").status is Status.IN_PROGRESS
    assert "sh" in names(bench.processes())
    await bench.cancel(task_id)
    await bench.ended(task_id)


def names(processes: list[psutil.Process]) -> set[str]:
    """What they are called, of those that have not ended meanwhile."""
    found: set[str] = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.add(process.name())
    return found


async def test_backed_off_with_the_time_of_the_next_attempt(bench: Bench) -> None:
    marker = bench.directory / "tried"
    task_id = await bench.submit(f"""
jobs:
  main:
    steps:
      - name: Flaky
        run: test -e {marker} || {{ touch {marker}; exit 3; }}
        retry: {{attempts: 2, backoff: 400ms, on: [user]}}
""")

    task = await bench.until_status(task_id, "backed_off")

    first = step_of(task, "Flaky").attempts[-1]
    assert step_of(task, "Flaky").status is Status.BACKED_OFF
    assert first.retry_at is not None
    assert first.ended_at is not None
    assert first.retry_at - first.ended_at == timedelta(milliseconds=400)
    ended = await bench.ended(task_id)
    assert ended.status is Status.DONE
    second = step_of(ended, "Flaky").attempts[-1]
    assert second.number == 2
    assert second.started_at is not None
    assert second.started_at >= first.retry_at


async def test_canceling_while_a_step_is_being_stopped_and_then_canceled(bench: Bench) -> None:
    task_id = await bench.submit(f"""
grace: 30s
jobs:
  main:
    steps:
      - name: Slow to stop
        run: |
          trap 'echo stopping; until test -e {bench.directory}/go; do sleep 0.02; done; exit 1' TERM
          echo ready
          while true; do echo x >> {bench.directory}/grown; sleep 0.02; done
""")
    await bench.until_line(task_id, "ready")
    await bench.cancel(task_id)
    await bench.until_line(task_id, "stopping")

    task = await bench.task(task_id)

    assert task.status is Status.CANCELING
    assert step_of(task, "Slow to stop").status is Status.CANCELING
    (bench.directory / "go").touch()
    ended = await bench.ended(task_id)
    assert ended.status is Status.CANCELED
    assert step_of(ended, "Slow to stop").status is Status.CANCELED
    assert receipt_of(ended, "Slow to stop").killed == ()
    assert_stopped(bench, receipt_of(ended, "Slow to stop"))


async def test_canceled_before_anything_ran(narrow_bench: Bench) -> None:
    bench = narrow_bench
    running = await bench.submit(growing(bench))
    await bench.until_line(running, "ready")
    waiting = await bench.submit("jobs: {main: {steps: ['true']}}")

    await bench.cancel(waiting)

    task = await bench.task(waiting)
    assert task.status is Status.CANCELED
    assert task.started_at is None
    assert job_of(task).status is Status.SKIPPED
    await bench.cancel(running)
    assert (await bench.ended(running)).status is Status.CANCELED


async def test_done(bench: Bench) -> None:
    task = await bench.outcome("jobs: {main: {steps: ['echo hello']}}")

    assert task.status is Status.DONE
    assert await bench.log(task.id) == ["hello"]


async def test_done_with_warnings_when_a_step_may_fail(bench: Bench) -> None:
    task = await bench.outcome("""
jobs:
  main:
    steps:
      - {name: May fail, run: exit 4, allow_failure: true}
      - {name: After it, run: 'true'}
""")

    assert task.status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "May fail").status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "May fail").exit_code == 4
    assert step_of(task, "After it").status is Status.DONE


async def test_done_with_warnings_when_forced_through_a_user_error(bench: Bench) -> None:
    task = await bench.outcome(
        "jobs: {main: {steps: [{name: Fails, run: exit 4}, {name: After it, run: 'true'}]}}",
        forced=True,
    )

    assert task.status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "After it").status is Status.DONE


async def test_failed_by_a_user_error(bench: Bench) -> None:
    task = await bench.outcome("jobs: {main: {steps: [{name: Fails, run: exit 4}]}}")

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("user", "Fails")
    assert "4" in task.error.message


@pytest.mark.parametrize("forced", [False, True])
async def test_failed_by_a_system_error_which_force_does_not_forgive(
    bench: Bench, forced: bool
) -> None:
    (bench.directory / "broken_steps.py").write_text("def raises():\n    return 1 / 0\n")

    task = await bench.outcome(
        "jobs: {main: {steps: [{name: Raises, python: 'broken_steps:raises'}]}}", forced=forced
    )

    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.kind == "system"
    assert "ZeroDivisionError" in task.error.message
    assert task.error.reference
    assert "Traceback" in (task.error.detail or "")


LIMITS: dict[str, tuple[str, str]] = {
    "task": ("timeout: 300ms\n", ""),
    "job": ("", "    timeout: 300ms"),
    "step": ("", "        timeout: 300ms"),
}


@pytest.mark.parametrize("whose", LIMITS)
async def test_timed_out_with_the_work_really_stopped(bench: Bench, whose: str) -> None:
    of_task, below = LIMITS[whose]

    task = await bench.outcome(growing(bench, below, task=of_task))

    assert task.status is Status.TIMED_OUT
    assert step_of(task, "Grow").status is Status.TIMED_OUT
    assert whose in (step_of(task, "Grow").attempts[-1].message or "")
    assert_stopped(bench, receipt_of(task, "Grow"))


async def test_timed_out_and_killed_when_the_stop_signal_is_ignored(bench: Bench) -> None:
    task = await bench.outcome(f"""
grace: 100ms
jobs:
  main:
    steps:
      - name: Stubborn
        run: |
          trap '' TERM
          while true; do echo x >> {bench.directory}/grown; sleep 0.02; done
        timeout: 200ms
""")

    assert task.status is Status.TIMED_OUT
    assert "sh" in {process.name for process in receipt_of(task, "Stubborn").killed}
    assert_stopped(bench, receipt_of(task, "Stubborn"))


async def test_skipped_for_a_job_and_a_step_that_never_ran(bench: Bench) -> None:
    task = await bench.outcome("""
jobs:
  main:
    steps:
      - {name: Fails, run: exit 1}
      - {name: Never, run: 'true'}
  later:
    after: main
    steps: ['true']
""")

    assert task.status is Status.FAILED
    assert step_of(task, "Never").status is Status.SKIPPED
    assert job_of(task, "later").status is Status.SKIPPED
    assert {step.status for step in job_of(task, "later").steps} == {Status.SKIPPED}


async def test_an_immediate_task_is_born_done_and_a_silent_one_is_not_listed(bench: Bench) -> None:
    by: dict[str, Any] = {"author": "robot", "user": {"id": 7, "name": "Ada"}}
    call = bench.world.operations.call
    for silent in (False, True):
        await call("record", {**by, "name": "note", "title": f"Note {silent}", "silent": silent})

    listed: Any = await call("tasks", {})
    everything: Any = await call("tasks", {"silent": True})

    assert [(item["title"], item["status"]) for item in listed["items"]] == [("Note False", "done")]
    assert len(everything["items"]) == 2
