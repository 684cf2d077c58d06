"""The engine as a whole: many tasks at once, a store that goes away, callers that leave."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from pathlib import Path
from tempfile import gettempdir
from typing import Any, cast

import psutil
import pytest
from engine_bench import Bench, step_of

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.ledger import Ledger
from tasktrail.engine import claim_back_off, persistent_decisions
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.status import Status


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def zombies() -> set[psutil.Process]:
    """Those of this process and all below it, such as servers that the tests share."""
    return {
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() == psutil.STATUS_ZOMBIE
    }


async def test_two_hundred_quick_tasks_leave_nothing_behind(bench: Bench) -> None:
    text = "jobs: {main: {steps: ['true']}}"
    await bench.outcome(text)
    before, work_before = open_files(), len(asyncio.all_tasks())
    zombies_before = zombies()
    files_before = set(Path(gettempdir()).glob("*tasktrail*"))
    target = bench.runbook("quick", text)

    task_ids = await asyncio.gather(*(bench.submit_target(target) for _ in range(200)))
    assert bench.world.engine is not None
    await bench.world.engine.idle()

    statuses = {(await bench.task(task_id)).status for task_id in task_ids}
    assert statuses == {Status.DONE}
    assert len(set(task_ids)) == 200
    await bench.world.engine._work.end()
    assert open_files() <= before + 2
    assert len(asyncio.all_tasks()) == work_before
    assert zombies() <= zombies_before
    assert bench.processes() == []
    assert bench.workspaces() == []
    assert set(Path(gettempdir()).glob("*tasktrail*")) <= files_before


async def test_a_watch_that_is_left_early_leaves_nothing_behind(bench: Bench) -> None:
    task_id = await bench.submit(
        "jobs: {main: {steps: ['echo ready; while true; do sleep 0.02; done']}}"
    )
    await bench.until_line(task_id, "ready")
    before = asyncio.all_tasks()

    for _ in range(3):
        watched = bench.world.operations.stream("watch", {"id": task_id, "logs": True})
        async with aclosing(cast("Any", watched)) as items:
            await anext(items)

    assert asyncio.all_tasks() == before
    await bench.cancel(task_id, force=True)
    await bench.ended(task_id)


async def test_a_task_of_a_caller_that_left_is_carried_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was accepted: its caller only did not wait for the answer."""
    store = bench.world.operations._own.decisions.store
    write, begun = store.write, asyncio.Event()

    async def noticed(work: Any, told: Any = None) -> Any:
        begun.set()
        return await write(work, told)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", noticed)
        call = asyncio.ensure_future(bench.submit("jobs: {main: {steps: ['true']}}"))
        await begun.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    last = await bench.submit("jobs: {main: {steps: ['true']}}")

    assert last == 2
    assert (await bench.ended(1)).status is Status.DONE


async def test_a_store_that_is_away_for_a_while_delays_everything_and_loses_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await bench.submit(f"""
jobs:
  main:
    steps:
      - {{name: Work, run: 'echo ready; until test -e {bench.directory}/go; do sleep 0.01; done'}}
      - {{name: Next, run: echo next >> {bench.directory}/ran}}
""")
    await bench.until_line(task_id, "ready")
    store = bench.world.operations._own.decisions.store
    refused = asyncio.Event()

    async def refuse(_work: object, _told: object = None) -> None:
        refused.set()
        raise StoreUnavailableError("no space left on device")

    monkeypatch.setattr(store, "write", refuse)
    (bench.directory / "go").touch()
    await refused.wait()
    monkeypatch.undo()

    task = await bench.ended(task_id)
    assert task.status is Status.DONE
    assert len(step_of(task, "Work").attempts) == 1
    assert bench.lines("ran") == ["next"]


async def test_an_engine_leaves_though_the_store_is_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await bench.submit(
        "grace: 1s\njobs: {main: {steps: ['echo ready; while true; do sleep 0.02; done']}}"
    )
    await bench.until_line(task_id, "ready")

    async def refuse(_work: object, _told: object = None) -> None:
        raise StoreUnavailableError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bench.world.operations._own.decisions.store, "write", refuse)
        assert bench.world.engine is not None
        await bench.world.engine.stop(patience=0)

    assert bench.processes() == []
    assert (await bench.task(task_id)).status is Status.IN_PROGRESS


async def test_a_job_that_cannot_be_claimed_is_told_of_and_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect of ours, before anything is durable; the first job is claimed with its task.

    The next try is due before the one that failed has quite ended.
    """
    claim, failed = persistent_decisions.claim_job, list[int]()

    def breaks_twice(ledger: Ledger, task_id: int, job_id: int, *rest: Any) -> Assignment | None:
        if len(failed) < 2:
            failed.append(job_id)
            raise RuntimeError("a defect")
        return claim(ledger, task_id, job_id, *rest)

    monkeypatch.setattr(persistent_decisions, "claim_job", breaks_twice)
    monkeypatch.setattr(claim_back_off, "FIRST_WAIT", 0.0)
    task = await bench.outcome(
        "timeout: 20s\njobs: {first: {steps: ['true']}, second: {after: first, steps: ['true']}}"
    )

    assert task.status is Status.DONE
    assert failed == [2, 2]
    assert [len(step.attempts) for step in task.jobs[1].steps] == [1, 1, 1]
    told = [line for line in caplog.messages if "job 2 could not be claimed; trying again" in line]
    assert len(told) == 2
    assert bench.world.engine is not None
    assert not bench.world.engine._claiming._failed._waits


async def test_a_job_whose_execution_breaks_is_settled_and_cleaned_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours: the log of a step cannot even be made."""
    workshop = bench.world.engine._workshop if bench.world.engine else None
    assert workshop is not None
    log, broken = type(workshop).log, []

    def breaks_once(self: Any, task_id: int, step_id: int, attempt: int, masking: Any) -> object:
        if not broken and step_id == 2:
            broken.append(step_id)
            raise RuntimeError("a defect")
        return log(self, task_id, step_id, attempt, masking)

    monkeypatch.setattr(type(workshop), "log", breaks_once)
    task = await bench.outcome(f"""
jobs:
  main:
    steps:
      - {{name: Work, run: 'true'}}
      - {{name: Clean up, run: echo clean >> {bench.directory}/ran, when: always}}
""")

    assert broken
    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.kind == "system"
    assert bench.lines("ran") == ["clean"]
    assert bench.workspaces() == []
