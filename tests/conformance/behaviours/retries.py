"""Attempts: how many, when, and what each of them leaves."""

from __future__ import annotations

from itertools import pairwise

from conformance.behaviour import behaviour
from conformance.installation import Place
from conformance.site import Site, step_of
from tasktrail.local.shape import Task
from tasktrail.model.status import Status


@behaviour()
async def each_attempt_has_its_own_times_outcome_and_log(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - name: Flaky
        run: echo "attempt $TASKTRAIL_ATTEMPT"; exit $((3 - TASKTRAIL_ATTEMPT))
        retry: {attempts: 3, backoff: 50ms, factor: 2, on: [user]}
""")

    assert task.status is Status.DONE
    attempts = step_of(task, "Flaky").attempts
    assert [(one.number, one.exit_code) for one in attempts] == [(1, 2), (2, 1), (3, 0)]
    logs = [await site.log(task.id, attempt=number) for number in (1, 2, 3)]
    assert logs == [["attempt 1"], ["attempt 2"], ["attempt 3"]]
    for (before, after), wait in zip(pairwise(attempts), (0.05, 0.1), strict=True):
        assert before.ended_at is not None
        assert after.started_at is not None
        assert (after.started_at - before.ended_at).total_seconds() >= wait


@behaviour()
async def only_the_kinds_of_error_that_are_named_are_tried_again(site: Site) -> None:
    site.module("breaking", "def breaks():\n    return 1 / 0\n")
    task = await site.outcome("""
jobs:
  user: {steps: [{name: Fails, run: exit 1, retry: {attempts: 2, backoff: 10ms}}]}
  system:
    steps:
      - name: Breaks
        python: MINE_breaking:breaks
        retry: {attempts: 2, backoff: 10ms, on: [system]}
""")

    assert task.status is Status.FAILED
    assert len(step_of(task, "Fails", "user").attempts) == 1
    assert len(step_of(task, "Breaks", "system").attempts) == 2


@behaviour()
async def a_step_that_is_tried_again_finds_its_workspace_as_it_was(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - echo kept > file
      - run: cat file; test "$TASKTRAIL_ATTEMPT" = 2
        retry: {attempts: 2, backoff: 50ms, on: [user]}
""")

    assert task.status is Status.DONE
    assert await site.log(task.id) == ["kept"]


@behaviour(Place.NARROW)
async def a_step_that_backs_off_frees_its_slot(site: Site) -> None:
    backing = await site.submit("""
jobs:
  main:
    PLACE
    steps:
      - name: Flaky
        run: exit 1
        retry: {attempts: 2, backoff: 1h, on: [user]}
""")
    await site.until_status(backing, "backed_off")

    other = await site.outcome("jobs: {main: {PLACE, steps: ['true']}}")

    assert other.status is Status.DONE
    assert (await site.task(backing)).status is Status.BACKED_OFF
    await site.cancel(backing)
    assert (await site.ended(backing)).status is Status.CANCELED


@behaviour()
async def a_task_is_in_progress_while_another_job_of_it_runs(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  backs: {steps: [{name: Flaky, run: exit 1, retry: {attempts: 2, backoff: 1h, on: [user]}}]}
  beside: {steps: ['echo ready; exec sleep 60']}
""")
    await site.until_line(task_id, "ready")

    def backs(task: Task) -> bool:
        return step_of(task, "Flaky", "backs").status is Status.BACKED_OFF

    task = await site.until(task_id, backs)

    assert task.status is Status.IN_PROGRESS
    await site.cancel(task_id, force=True)
    await site.ended(task_id)
