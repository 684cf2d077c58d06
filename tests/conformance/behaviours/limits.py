"""Hard time limits, and the stop sequence."""

from __future__ import annotations

from contextlib import suppress

import psutil

from conformance.behaviour import behaviour
from conformance.behaviours.reached import assert_stopped
from conformance.site import Site, job_of, receipt_of, step_of
from tasktrail.model.status import Status

LIMITS: dict[str, tuple[str, str]] = {
    "task": ("timeout: 1s\n", ""),
    "job": ("", "    timeout: 1s"),
    "step": ("", "        timeout: 1s"),
}

GROWS = """
grace: 5s
jobs:
  main:
    steps:
      - name: Grow
        run: while true; do echo x >> HERE/grown; sleep 0.02; done
BELOW
"""


@behaviour()
async def timed_out_by_the_limit_of_the_task_with_the_work_really_stopped(site: Site) -> None:
    await assert_timed_out(site, "task")


@behaviour()
async def timed_out_by_the_limit_of_a_job_with_the_work_really_stopped(site: Site) -> None:
    await assert_timed_out(site, "job")


@behaviour()
async def timed_out_by_the_limit_of_a_step_with_the_work_really_stopped(site: Site) -> None:
    await assert_timed_out(site, "step")


async def assert_timed_out(site: Site, whose: str) -> None:
    of_task, below = LIMITS[whose]

    task = await site.outcome(of_task + GROWS.replace("BELOW", below))

    assert task.status is Status.TIMED_OUT
    assert step_of(task, "Grow").status is Status.TIMED_OUT
    assert whose in (step_of(task, "Grow").attempts[-1].message or "")
    assert receipt_of(task, "Grow").stop_signal == "SIGTERM"
    assert_stopped(site, receipt_of(task, "Grow"))


@behaviour()
async def killed_when_the_grace_is_over_and_the_record_names_what(site: Site) -> None:
    task = await site.outcome("""
grace: 200ms
jobs:
  main:
    steps:
      - name: Stubborn
        run: |
          trap '' TERM
          while true; do echo x >> HERE/grown; sleep 0.02; done
        timeout: 1s
""")

    assert task.status is Status.TIMED_OUT
    assert "sh" in {process.name for process in receipt_of(task, "Stubborn").killed}
    assert_stopped(site, receipt_of(task, "Stubborn"))


@behaviour()
async def the_stop_signal_is_the_one_of_the_step_and_goes_to_the_whole_tree(site: Site) -> None:
    task_id = await site.submit("""
grace: 20s
jobs:
  main:
    steps:
      - name: Tree
        stop_signal: SIGHUP
        shell: bash -e
        run: |
          trap 'wait; echo parent >> HERE/asked; exit 1' HUP
          (
            trap 'echo child >> HERE/asked; exit 1' HUP
            echo ready
            while true; do sleep 0.02; done
          ) &
          while true; do sleep 0.02; done
""")
    await site.until_line(task_id, "ready")

    await site.cancel(task_id)

    task = await site.ended(task_id)
    assert task.status is Status.CANCELED
    assert receipt_of(task, "Tree").stop_signal == "SIGHUP"
    assert receipt_of(task, "Tree").killed == ()
    assert sorted(site.lines("asked")) == ["child", "parent"]
    assert site.processes() == []


@behaviour()
async def the_clock_of_a_task_includes_back_off(site: Site) -> None:
    task = await site.outcome("""
timeout: 600ms
jobs:
  main:
    steps: [{name: Flaky, run: exit 1, retry: {attempts: 9, backoff: 1h, on: [user]}}]
""")

    assert task.status is Status.TIMED_OUT
    assert len(step_of(task, "Flaky").attempts) == 1


@behaviour()
async def the_clock_of_a_task_does_not_run_before_its_first_start(site: Site) -> None:
    holder = await site.submit("locks: [MINE-db]\njobs: {main: {steps: ['echo ready; sleep 2']}}")
    await site.until_line(holder, "ready")

    task = await site.outcome("timeout: 1s\nlocks: [MINE-db]\njobs: {main: {steps: ['true']}}")

    assert task.status is Status.DONE
    assert task.created_at is not None
    assert task.ended_at is not None
    assert (task.ended_at - task.created_at).total_seconds() > 1


@behaviour()
async def a_task_without_a_timeout_gets_a_finite_one(site: Site) -> None:
    task = await site.outcome("jobs: {main: {steps: ['true']}}")

    assert task.timeout == 3600


SPINS = """
import os, pathlib
def spins():
    pathlib.Path("HERE/pid").write_text(str(os.getpid()))
    print("ready", flush=True)
    while True: pass
"""


@behaviour()
async def a_python_step_that_never_yields_is_stopped(site: Site) -> None:
    site.module("spinning", SPINS)

    async def stopped(limit: str) -> Status:
        task_id = await site.submit(f"""
grace: 200ms
{limit}
jobs: {{main: {{steps: [{{name: Spins, python: 'MINE_spinning:spins'}}]}}}}
""")
        if not limit:
            await site.until_line(task_id, "ready")
            await site.cancel(task_id)
        task = await site.ended(task_id)
        receipt = receipt_of(task, "Spins")
        assert receipt.survived == ()
        assert receipt.proof is not None
        return task.status

    # One after another: each keeps a processor busy until it is stopped.
    assert await stopped("") is Status.CANCELED
    assert await stopped("timeout: 2s") is Status.TIMED_OUT
    (pid,) = site.lines("pid")
    assert_gone(int(pid))


def assert_gone(pid: int) -> None:
    """That process has ended, or is only still to be waited for by whoever started it."""
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@behaviour()
async def a_process_that_a_step_left_behind_is_stopped_and_noted(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - name: Leaves
        run: |
          setsid sleep 300 >/dev/null 2>&1 &
          until grep -q sleep /proc/$!/comm; do sleep 0.01; done
""")

    assert task.status is Status.DONE
    receipt = receipt_of(task, "Leaves")
    assert [process.name for process in receipt.left_behind] == ["sleep"]
    assert receipt.survived == ()
    assert site.processes() == []


@behaviour()
async def a_job_that_timed_out_lets_the_jobs_beside_it_go_on(site: Site) -> None:
    task = await site.outcome("""
timeout: 80s
jobs:
  late: {timeout: 500ms, steps: [exec sleep 60]}
  beside: {steps: ['until test -e HERE/go; do sleep 0.02; done']}
  release: {after: late, when: always, steps: ['touch HERE/go']}
""")

    assert task.status is Status.TIMED_OUT
    assert job_of(task, "beside").status is Status.DONE
