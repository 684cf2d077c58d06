"""Each status, reached by real work."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from conformance.behaviour import behaviour
from conformance.installation import Place
from conformance.site import Site, job_of, receipt_of, step_of
from tasktrail.errors import ConflictError
from tasktrail.local.shape import Receipt
from tasktrail.model.status import Status

WAITS = "echo ready; while true; do sleep 0.02; done"
QUICK = "jobs: {main: {steps: ['true']}}"


@behaviour()
async def pending_behind_a_lock_with_its_holder_and_its_position(site: Site) -> None:
    locked = "locks: [MINE-db]\n"
    holder = await site.submit(f"{locked}jobs: {{main: {{steps: ['{WAITS}']}}}}")
    await site.until_line(holder, "ready")
    first = await site.submit(locked + QUICK)
    second = await site.submit(locked + QUICK)

    waiting = [await site.task(one) for one in (first, second)]

    assert [task.status for task in waiting] == [Status.PENDING] * 2
    assert [
        (wait.kind, wait.name, wait.task_id, wait.position) for wait in waiting[0].waiting_on
    ] == [("lock", f"{site.mine}-db", holder, 1)]
    assert [(wait.task_id, wait.position) for wait in waiting[1].waiting_on] == [(holder, 2)]
    await site.cancel(holder)
    for task_id in (first, second):
        assert (await site.ended(task_id)).status is Status.DONE


@behaviour()
async def pending_until_its_not_before_time(site: Site) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=6)
    task_id = await site.submit(QUICK, not_before=moment.isoformat())

    task = await site.task(task_id)

    assert task.status is Status.PENDING
    assert [wait.kind for wait in task.waiting_on] == ["time"]
    assert task.waiting_on[0].until == moment
    ended = await site.ended(task_id)
    assert ended.status is Status.DONE
    assert ended.started_at is not None
    assert ended.started_at >= moment


@behaviour(Place.NARROW)
async def queued_while_all_slots_are_taken(site: Site) -> None:
    running = await site.submit(f"jobs: {{main: {{PLACE, steps: ['{WAITS}']}}}}")
    await site.until_line(running, "ready")
    waiting = await site.submit("jobs: {main: {PLACE, steps: ['true']}}")

    task = await site.task(waiting)

    assert task.status is Status.QUEUED
    assert task.waiting_on == ()
    await site.cancel(running)
    assert (await site.ended(waiting)).status is Status.DONE


@behaviour()
async def in_progress_while_a_step_runs(site: Site) -> None:
    task_id = await site.submit(f"jobs: {{main: {{steps: [{{name: Work, run: '{WAITS}'}}]}}}}")
    await site.until_line(task_id, "ready")

    task = await site.task(task_id)

    assert task.status is Status.IN_PROGRESS
    assert job_of(task).status is Status.IN_PROGRESS
    assert step_of(task, "Work").status is Status.IN_PROGRESS
    assert "sh" in names(site.processes())
    await site.cancel(task_id)
    await site.ended(task_id)


def names(processes: list[psutil.Process]) -> set[str]:
    """What they are called, of those that have not ended meanwhile."""
    found: set[str] = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.add(process.name())
    return found


@behaviour()
async def backed_off_with_the_time_of_the_next_attempt(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  main:
    steps:
      - name: Flaky
        run: test -e HERE/tried || { touch HERE/tried; exit 3; }
        retry: {attempts: 2, backoff: 1500ms, on: [user]}
""")

    task = await site.until_status(task_id, "backed_off")

    first = step_of(task, "Flaky").attempts[-1]
    assert step_of(task, "Flaky").status is Status.BACKED_OFF
    assert first.retry_at is not None
    assert first.ended_at is not None
    assert first.retry_at - first.ended_at == timedelta(milliseconds=1500)
    ended = await site.ended(task_id)
    assert ended.status is Status.DONE
    second = step_of(ended, "Flaky").attempts[-1]
    assert second.number == 2
    assert second.started_at is not None
    assert second.started_at >= first.retry_at


@behaviour()
async def canceling_while_a_step_is_being_stopped_and_then_canceled(site: Site) -> None:
    task_id = await site.submit("""
grace: 30s
jobs:
  main:
    steps:
      - name: Slow to stop
        run: |
          trap 'echo stopping; until test -e HERE/go; do sleep 0.02; done; exit 1' TERM
          echo ready
          while true; do echo x >> HERE/grown; sleep 0.02; done
""")
    await site.until_line(task_id, "ready")
    await site.cancel(task_id)
    await site.until_line(task_id, "stopping")

    task = await site.task(task_id)

    assert task.status is Status.CANCELING
    assert step_of(task, "Slow to stop").status is Status.CANCELING
    site.touch("go")
    ended = await site.ended(task_id)
    assert ended.status is Status.CANCELED
    assert step_of(ended, "Slow to stop").status is Status.CANCELED
    assert receipt_of(ended, "Slow to stop").killed == ()
    assert_stopped(site, receipt_of(ended, "Slow to stop"))


@behaviour(Place.NARROW)
async def canceled_at_once_before_anything_ran(site: Site) -> None:
    running = await site.submit(f"jobs: {{main: {{PLACE, steps: ['{WAITS}']}}}}")
    await site.until_line(running, "ready")
    waiting = await site.submit("jobs: {main: {PLACE, steps: ['true']}}")

    await site.cancel(waiting)

    task = await site.task(waiting)
    assert task.status is Status.CANCELED
    assert task.started_at is None
    assert job_of(task).status is Status.SKIPPED
    await site.cancel(running)
    assert (await site.ended(running)).status is Status.CANCELED


@behaviour()
async def done_when_all_ended_well(site: Site) -> None:
    task = await site.outcome("jobs: {main: {steps: ['echo hello']}}")

    assert task.status is Status.DONE
    assert await site.log(task.id) == ["hello"]


@behaviour()
async def skipped_for_a_job_and_a_step_that_never_ran(site: Site) -> None:
    task = await site.outcome("""
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


@behaviour()
async def statuses_are_served_in_snake_case(site: Site) -> None:
    warned = await site.outcome(
        "jobs: {main: {steps: [{name: Warns, run: exit 3, allow_failure: true}]}}"
    )

    answer = await site.answer(warned.id)

    job = next(job for job in answer["jobs"] if job["name"] == "main")
    step = next(step for step in job["steps"] if step["name"] == "Warns")
    assert [shown["status"] for shown in (answer, job, step)] == ["done_with_warnings"] * 3


@behaviour()
async def every_change_is_in_the_history_and_a_final_status_never_changes(site: Site) -> None:
    ended = await site.outcome("jobs: {main: {steps: [{name: Work, run: 'true'}]}}")

    with pytest.raises(ConflictError):
        await site.cancel(ended.id)

    assert await site.task(ended.id) == ended
    changes = [
        (event.job_name, event.step_name, event.before, event.after)
        for event in (await site.history(ended.id)).items
        if event.after is not None
    ]
    of_task = [(before, after) for job, _, before, after in changes if job is None]
    assert of_task[-2:] == [("queued", "in_progress"), ("in_progress", "done")]
    assert ("main", "Work", "in_progress", "done") in changes
    times = [event.at for event in (await site.history(ended.id)).items]
    assert times == sorted(times)


def assert_stopped(site: Site, receipt: Receipt) -> None:
    """Nothing lives, nothing grows, and the record says what was stopped."""
    size = len(site.lines("grown"))
    assert size > 0
    assert site.processes() == []
    assert {"sh"} <= {process.name for process in receipt.signalled}
    assert receipt.survived == ()
    assert receipt.proof is not None
    assert len(site.lines("grown")) == size
