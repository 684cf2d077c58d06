"""What becomes of tasks whose engine was killed (statuses.md, "When the process dies")."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from engine_bench import Bench, bench_of, step_of
from killed_life import live_and_die

from tasktrail.engine.persistent_decisions import PersistentDecisions
from tasktrail.local.shape import Task
from tasktrail.model.status import FINAL, Status
from tasktrail.model.step import Step


class Lives:
    """Runbooks of a directory, and what lives of engines make of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def runbook(self, name: str, text: str) -> str:
        (self.directory / f"{name}.yml").write_text(
            f"name: {name}\ngrace: 1s\n" + text.replace("HERE", str(self.directory))
        )
        return f"{name}.yml"


@pytest.fixture
def lives(tmp_path: Path) -> Lives:
    return Lives(tmp_path)


async def assert_all_is_over(bench: Bench, *task_ids: int) -> list[Task]:
    """The tasks end, and nothing of them is left: no process, no workspace, no lock."""
    tasks = [await bench.ended(task_id) for task_id in task_ids]
    assert bench.world.engine is not None
    await bench.world.engine.idle()
    assert bench.processes() == []
    assert bench.workspaces() == []
    for task in tasks:
        for job in task.jobs:
            assert {job.status, *(step.status for step in job.steps)} <= FINAL
    free = await bench.outcome("locks: [db]\ntimeout: 10s\njobs: {main: {steps: ['true']}}")
    assert free.status is Status.DONE
    return tasks


WORK = """
locks: [db]
jobs:
  main:
    steps:
      - {name: First, run: echo first >> HERE/ran}
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


@pytest.mark.parametrize("retry_safe", [True, False])
async def test_a_kill_between_two_steps_repeats_nothing(lives: Lives, retry_safe: bool) -> None:
    """The decision that ended the first step had started the second one already."""
    options = f"retry_safe: {str(retry_safe).lower()}"
    text = WORK.replace("OPTIONS", options).replace("= 2", "= 1")
    live_and_die(lives.directory, "step:1:done", lives.runbook("work", text))

    async with bench_of(lives.directory) as bench:
        (task,) = await assert_all_is_over(bench, 1)
        assert task.status is (Status.DONE if retry_safe else Status.FAILED)
        assert bench.lines("ran") == (
            ["first", "work", "never", "clean"] if retry_safe else ["first", "clean"]
        )


async def test_opening_without_an_engine_settles_what_was_running(lives: Lives) -> None:
    live_and_die(lives.directory, "line:ready", lives.runbook("work", WORK.replace("OPTIONS", "")))

    async with bench_of(lives.directory, engine=False) as bench:
        task = await bench.task(1)
        assert task.status is Status.QUEUED
        assert step_of(task, "Work").status is Status.FAILED
        assert bench.processes() == []
        assert bench.lines("ran") == ["first", "work"]
    async with bench_of(lives.directory) as bench:
        (task,) = await assert_all_is_over(bench, 1)
        assert task.status is Status.FAILED
        assert bench.lines("ran") == ["first", "work", "clean"]


@pytest.mark.parametrize("retry_safe", [True, False])
async def test_an_engine_that_leaves_stops_what_runs_and_the_next_one_goes_on(
    lives: Lives, retry_safe: bool
) -> None:
    text = WORK.replace("OPTIONS", f"retry_safe: {str(retry_safe).lower()}")
    book = lives.runbook("work", text)

    async with bench_of(lives.directory) as bench:
        await bench.until_line(await bench.submit_target(book), "ready")
    assert bench.processes() == []

    async with bench_of(lives.directory) as bench:
        (task,) = await assert_all_is_over(bench, 1)
        assert task.status is (Status.DONE if retry_safe else Status.FAILED)
        assert bench.lines("ran") == (
            ["first", "work", "work", "never", "clean"]
            if retry_safe
            else ["first", "work", "clean"]
        )
        stopped = step_of(task, "Work").attempts[0]
        assert re.fullmatch(
            r"Tasktrail was stopped \(.* UTC\) while the step ran", stopped.message or ""
        )
        assert stopped.receipt is not None
        assert stopped.receipt.proof, "what was stopped is stopped"


async def test_what_an_orderly_stop_has_cut_off_is_nothing_for_support(lives: Lives) -> None:
    book = lives.runbook("work", WORK.replace("OPTIONS", ""))
    async with bench_of(lives.directory) as bench:
        await bench.until_line(await bench.submit_target(book), "ready")
        assert bench.world.engine is not None
        bench.world.engine.told_to_stop("SIGTERM")

    async with bench_of(lives.directory) as bench:
        (task,) = await assert_all_is_over(bench, 1)
        error = task.error
        assert error is not None
        assert re.fullmatch(
            r"Tasktrail was stopped by its operator \(SIGTERM, .* UTC\) while the step ran;"
            r" run the task again",
            error.message,
        )
        assert (error.kind, error.contact_support) == ("system", False)
        for_users = (await bench.task(1, system=False)).error
        assert for_users is not None
        assert (for_users.message, for_users.contact_support) == (error.message, False)


async def test_a_hidden_step_that_an_orderly_stop_has_cut_off_is_told_without_its_name(
    lives: Lives,
) -> None:
    hidden = "jobs: {own: {system: true, steps: [{name: Hide, run: echo ready; exec sleep 300}]}}"
    async with bench_of(lives.directory) as bench:
        await bench.until_line(await bench.submit_target(lives.runbook("hidden", hidden)), "ready")

    async with bench_of(lives.directory) as bench:
        await assert_all_is_over(bench, 1)
        error = (await bench.task(1, system=False)).error
        assert error is not None
        assert error.message.startswith("none of your steps failed, but Tasktrail was stopped (")
        assert (error.step_name, error.contact_support) == (None, False)


async def test_an_engine_that_dies_in_its_orderly_stop_leaves_lost_workers(lives: Lives) -> None:
    """It has not recorded anything then, and what runs may have been cut off by its death."""
    stubborn = "trap 'echo told' TERM; echo ready; while :; do sleep 0.1; done"
    text = (
        f'jobs: {{main: {{steps: [{{name: Work, grace: 1m, run: "{stubborn}"}},'
        " {name: Clean up, run: echo clean >> HERE/ran, when: always}]}}"
    )
    live_and_die(lives.directory, "stop:told", lives.runbook("stubborn", text))

    async with bench_of(lives.directory) as bench:
        (task,) = await assert_all_is_over(bench, 1)
        assert (task.status, step_of(task, "Work").message) == (Status.FAILED, "worker lost")
        assert task.error is not None
        assert task.error.contact_support
        assert bench.lines("ran") == ["clean"]


async def test_an_engine_that_leaves_lets_a_spawned_task_live(lives: Lives) -> None:
    lives.runbook("child", WORK.replace("OPTIONS", "retry_safe: true"))
    book = lives.runbook("origin", "jobs: {main: {steps: [{name: Spawn, spawn: child.yml}]}}")

    async with bench_of(lives.directory) as bench:
        await bench.submit_target(book)
        await bench.until(1, lambda task: bool(task.spawned_task_ids))
        await bench.until_line(2, "ready")

    async with bench_of(lives.directory) as bench:
        task, child = await assert_all_is_over(bench, 1, 2)
        assert (task.status, child.status) == (Status.DONE, Status.DONE)
        assert task.spawned_task_ids == (2,)


async def test_an_orderly_stop_between_two_steps_loses_neither(
    lives: Lives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next step is recorded as started when the engine learns of it, and stops there."""
    lives.runbook(
        "two",
        "jobs: {main: {steps: [{name: One, run: echo one >> HERE/ran},"
        " {name: Two, run: echo two >> HERE/ran}]}}",
    )
    report, stopped = PersistentDecisions.report, asyncio.Event()
    async with bench_of(tmp_path) as bench:
        engine = bench.world.engine
        assert engine is not None

        async def stop_then(*args: Any) -> Step | None:
            step = await report(*args)
            if step is not None and step.name == "Two":
                stopping = asyncio.create_task(engine.stop(patience=0))
                await asyncio.sleep(0)  # now it has told everybody to leave
                stopping.add_done_callback(lambda _: stopped.set())
            return step

        monkeypatch.setattr(PersistentDecisions, "report", stop_then)
        task_id = await bench.submit_target("two.yml")
        await stopped.wait()
        waiting = await bench.task(task_id)
        assert waiting.status is step_of(waiting, "Two").status is Status.QUEUED
    monkeypatch.undo()
    async with bench_of(tmp_path) as bench:
        (task,) = await assert_all_is_over(bench, task_id)
    assert task.status is Status.DONE
    assert bench.lines("ran") == ["one", "two"]
    messages = [attempt.message for attempt in step_of(task, "Two").attempts]
    assert messages[0] is not None
    assert messages[0].startswith("not begun: Tasktrail was stopped (")
    assert messages[1:] == [None]
