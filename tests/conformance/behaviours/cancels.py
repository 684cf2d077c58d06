"""What a cancel stops, what it leaves, and what cleans up."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.behaviour import behaviour
from conformance.behaviours.reached import QUICK, WAITS
from conformance.site import Site, job_of, receipt_of, step_of
from tasktrail.errors import ConflictError
from tasktrail.model.status import Status


@behaviour()
async def a_cancel_runs_the_clean_up_and_nothing_else_and_may_be_asked_for_again(
    site: Site,
) -> None:
    task_id = await site.submit(f"""
grace: 5s
jobs:
  main:
    steps:
      - {{name: Work, run: '{WAITS}'}}
      - {{name: Next, run: 'true'}}
      - {{name: Roll back, run: echo back >> HERE/cleaned, when: on_failure}}
      - {{name: Clean up, run: echo step >> HERE/cleaned, when: always}}
  cleanup: {{after: main, when: always, steps: ['echo job >> HERE/cleaned']}}
  later: {{after: main, steps: ['true']}}
""")
    await site.until_line(task_id, "ready")

    await site.cancel(task_id)
    await site.cancel(task_id)
    task = await site.ended(task_id)

    assert task.status is Status.CANCELED
    assert step_of(task, "Next").status is Status.SKIPPED
    assert job_of(task, "later").status is Status.SKIPPED
    assert site.lines("cleaned") == ["step", "job"]
    with pytest.raises(ConflictError):
        await site.cancel(task_id)


@behaviour()
async def a_forced_cancel_skips_grace_and_clean_up(site: Site) -> None:
    task_id = await site.submit(f"""
grace: 60s
jobs:
  main:
    steps:
      - {{name: Work, run: 'pwd > HERE/workspace; trap "" TERM; {WAITS}'}}
      - {{name: Clean up, run: echo step >> HERE/cleaned, when: always}}
""")
    await site.until_line(task_id, "ready")

    await site.cancel(task_id, force=True)
    task = await site.ended(task_id)

    assert task.status is Status.CANCELED
    assert step_of(task, "Clean up").status is Status.SKIPPED
    assert site.lines("cleaned") == []
    assert "sh" in {process.name for process in receipt_of(task, "Work").killed}
    assert site.processes() == []
    (workspace,) = site.lines("workspace")
    assert not Path(workspace).exists()


@behaviour()
async def a_cancel_can_be_sharpened_while_the_grace_runs(site: Site) -> None:
    task_id = await site.submit(f"""
grace: 60s
jobs: {{main: {{steps: [{{name: Work, run: 'trap "echo no" TERM; {WAITS}'}}]}}}}
""")
    await site.until_line(task_id, "ready")
    await site.cancel(task_id)
    await site.until_line(task_id, "no")

    await site.cancel(task_id, force=True)

    assert (await site.ended(task_id)).status is Status.CANCELED
    assert site.processes() == []


@behaviour()
async def a_task_that_waits_for_a_lock_or_a_time_is_canceled_at_once(site: Site) -> None:
    holder = await site.submit(f"locks: [MINE-db]\njobs: {{main: {{steps: ['{WAITS}']}}}}")
    await site.until_line(holder, "ready")
    behind = await site.submit(f"locks: [MINE-db]\n{QUICK}")
    later = await site.submit(QUICK, not_before="2100-01-01T00:00:00Z")

    for task_id in (behind, later):
        await site.cancel(task_id)
        task = await site.task(task_id)
        assert task.status is Status.CANCELED
        assert task.waiting_on == ()
        assert task.started_at is None
    await site.cancel(holder)
    await site.ended(holder)


@behaviour()
async def a_task_that_backs_off_is_canceled_and_its_retry_dropped(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  main:
    steps: [{name: Flaky, run: exit 1, retry: {attempts: 2, backoff: 1h, on: [user]}}]
""")
    await site.until_status(task_id, "backed_off")

    await site.cancel(task_id)

    task = await site.ended(task_id)
    assert task.status is Status.CANCELED
    assert len(step_of(task, "Flaky").attempts) == 1


@behaviour()
async def a_cancel_at_any_moment_of_a_quick_task_is_answered(site: Site) -> None:
    """Before it starts, as it ends, or after: the task ends, and nothing is left."""
    for delay in (0, 1, 2, 3, 5, 8, 13):
        task_id = await site.submit("jobs: {main: {steps: ['true', 'true', 'true']}}")
        for _ in range(delay):
            await site.task(task_id)
        try:
            await site.cancel(task_id)
        except ConflictError:
            assert (await site.task(task_id)).status is Status.DONE

        task = await site.ended(task_id)

        assert task.status in {Status.CANCELED, Status.DONE}
    assert site.processes() == []
