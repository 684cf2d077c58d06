"""What becomes of tasks whose worker is killed and comes back."""

from __future__ import annotations

from pathlib import Path

from conformance.behaviour import behaviour
from conformance.installation import DOWN, Place
from conformance.site import Site, job_of, step_of
from tasktrail.local.shape import Task
from tasktrail.model.status import FINAL, Status

WORK = """
grace: 1s
locks: [MINE-db]
jobs:
  main:
    PLACE
    steps:
      - {name: First, run: 'echo first >> HERE/ran; pwd >> HERE/workspaces'}
      - name: Work
        run: |
          echo work >> HERE/ran
          setsid sleep 300 &
          echo ready
          test "$(grep -c work HERE/ran)" = 2 || exec sleep 300
        OPTIONS
      - {name: Never, run: echo never >> HERE/ran}
      - {name: Clean up, run: echo clean >> HERE/ran, when: always}
"""
"""Holds a lock, and leaves a process in a session of its own."""


async def assert_all_is_over(site: Site, *task_ids: int) -> list[Task]:
    """The tasks end, and nothing of them is left: no process, no workspace, no lock."""
    tasks = [await site.ended(task_id) for task_id in task_ids]
    assert site.processes() == []
    assert not any(Path(line).exists() for line in site.lines("workspaces"))
    for task in tasks:
        for job in task.jobs:
            assert {job.status, *(step.status for step in job.steps)} <= FINAL
    free = await site.outcome(
        "locks: [MINE-db]\ntimeout: 20s\njobs: {main: {PLACE, steps: ['true']}}"
    )
    assert free.status is Status.DONE
    return tasks


@behaviour(Place.MORTAL)
async def a_step_that_ran_is_lost_with_its_worker_and_its_job_cleans_up(site: Site) -> None:
    task_id = await site.submit(WORK.replace("OPTIONS", ""))
    await site.until_line(task_id, "ready")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("system", "Work")
    assert "worker lost" in task.error.message
    assert task.error.reference
    assert site.lines("ran") == ["first", "work", "clean"]
    assert await site.log(task_id) == ["ready"]
    assert step_of(task, "Work").log_lines == 1


@behaviour(Place.MORTAL)
async def a_step_that_is_safe_to_repeat_is_started_once_more_where_its_job_was(site: Site) -> None:
    task_id = await site.submit(WORK.replace("OPTIONS", "retry_safe: true"))
    await site.until_line(task_id, "ready")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.DONE
    assert site.lines("ran") == ["first", "work", "work", "never", "clean"]
    first, second = step_of(task, "Work").attempts
    assert (first.message, first.status) == ("worker lost", Status.FAILED)
    assert (second.number, second.status) == (2, Status.DONE)


@behaviour(Place.MORTAL)
async def a_retry_goes_on_at_its_time_though_its_worker_was_lost(site: Site) -> None:
    await site.before_the_loss()
    task_id = await site.submit("""
jobs:
  main:
    PLACE
    steps:
      - name: Flaky
        run: echo try >> HERE/ran; test "$(grep -c try HERE/ran)" = 2
        retry: {attempts: 2, backoff: 5s, on: [user]}
""")
    waiting = await site.until_status(task_id, "backed_off")
    due = step_of(waiting, "Flaky").attempts[-1].retry_at

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.DONE
    started = step_of(task, "Flaky").attempts[-1].started_at
    assert started is not None
    assert due is not None
    assert started >= due
    assert site.lines("ran") == ["try", "try"]


@behaviour(Place.MORTAL)
async def a_job_that_waited_for_a_lock_of_a_lost_one_gets_it(site: Site) -> None:
    holder = await site.submit(WORK.replace("OPTIONS", ""))
    await site.until_line(holder, "ready")
    waiting = await site.submit(
        "jobs: {main: {PLACE, locks: [MINE-db], steps: ['echo got >> HERE/ran']}}"
    )
    await site.until_status(waiting, "pending")

    await site.lose_worker()

    _, task = await assert_all_is_over(site, holder, waiting)
    assert task.status is Status.DONE
    assert site.lines("ran").count("got") == 1


@behaviour(Place.MORTAL)
async def a_task_that_was_being_canceled_is_canceled(site: Site) -> None:
    text = WORK.replace("OPTIONS", "grace: 1m").replace(
        "echo ready", "trap 'echo stopping' TERM; echo ready"
    )
    text = text.replace("exec sleep 300", "while true; do sleep 0.02; done")
    task_id = await site.submit(text)
    await site.until_line(task_id, "ready")
    await site.cancel(task_id)
    await site.until_line(task_id, "stopping")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.CANCELED
    assert step_of(task, "Work").status is Status.CANCELED
    assert site.lines("ran") == ["first", "work", "clean"]


@behaviour(Place.MORTAL)
async def a_clean_up_step_that_ran_is_lost_too(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  main:
    PLACE
    steps:
      - {name: Work, run: 'true'}
      - {name: Clean up, run: 'echo clean >> HERE/ran; echo ready; exec sleep 300', when: always}
""")
    await site.until_line(task_id, "ready")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.FAILED
    assert step_of(task, "Clean up").status is Status.FAILED
    assert site.lines("ran") == ["clean"]


@behaviour(Place.MORTAL)
async def a_spawn_goes_on_waiting_for_the_same_task(site: Site) -> None:
    site.runbook(
        "child",
        """
jobs:
  main:
    PLACE
    steps:
      - name: Work
        run: |
          echo child >> HERE/ran
          echo ready
          test "$(grep -c child HERE/ran)" = 2 || exec sleep 300
        retry_safe: true
""",
    )
    task_id = await site.submit("""
jobs: {main: {PLACE, steps: [{name: Spawn, spawn: MINE-child}]}}
""")
    spawning = await site.until(task_id, lambda task: bool(task.spawned_task_ids))
    (child_id,) = spawning.spawned_task_ids
    await site.until_line(child_id, "ready")

    await site.lose_worker()

    task, child = await assert_all_is_over(site, task_id, child_id)
    assert task.spawned_task_ids == (child_id,)
    assert child.status is Status.DONE
    assert task.status is Status.DONE
    assert site.lines("ran") == ["child", "child"]


@behaviour(Place.MORTAL)
async def a_time_limit_that_passed_meanwhile_starts_nothing(site: Site) -> None:
    await site.before_the_loss()
    text = WORK.replace("OPTIONS", "retry_safe: true")
    task_id = await site.submit(f"timeout: {DOWN:g}s\n" + text)
    await site.until_line(task_id, "ready")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.TIMED_OUT
    assert site.lines("ran") == ["first", "work"]


@behaviour(Place.MORTAL)
async def jobs_that_had_ended_are_not_run_again(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  before: {PLACE, steps: ['echo "number=7" >> "$TASKTRAIL_OUTPUT"; echo before >> HERE/ran']}
  main:
    PLACE
    after: before
    steps:
      - name: Work
        retry_safe: true
        run: |
          echo "work $OUTPUT_NUMBER" >> HERE/ran
          echo ready
          test "$(grep -c work HERE/ran)" = 2 || exec sleep 300
""")
    await site.until_line(task_id, "ready")

    await site.lose_worker()

    (task,) = await assert_all_is_over(site, task_id)
    assert task.status is Status.DONE
    assert job_of(task, "before").status is Status.DONE
    assert site.lines("ran") == ["before", "work 7", "work 7"]
