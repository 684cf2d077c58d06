"""Who gets which worker."""

from __future__ import annotations

import asyncio
import os

import pytest

from integration.runners.process_trees import lives
from integration.runners.python.python_calls import MakeCall, outputs_of
from tasktrail.runners.python.pool import WorkerPool
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.python.worker_process import PythonWorker
from tasktrail.runners.supervisor import Supervisor


@pytest.fixture
def pool(supervisor: Supervisor, directory: str) -> WorkerPool:
    return WorkerPool(supervisor, f"{directory}:1", most_idle=8, most_calls=50, idle_seconds=60)


async def test_who_waits_gets_a_worker_though_the_one_given_back_is_out_of_date(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await pool.take("/root")
    monkeypatch.setattr(PythonWorker, "fresh", property(lambda worker: worker is not old))
    old.root, old.calls = "/root", 1
    waiting = asyncio.ensure_future(pool.take("/root"))
    await asyncio.sleep(0)  # it waits now, and a start is under way
    pool.give_back(old)
    new = await asyncio.wait_for(waiting, 20)
    assert new is not old
    pool.give_back(new)
    await pool.aclose()
    assert not lives(old.tree.pid)


async def test_a_burst_of_short_calls_shares_few_workers(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    calls = 12 * (os.cpu_count() or 1)
    all_outputs = await asyncio.gather(
        *(outputs_of(runner, make_call("pid")) for _ in range(calls))
    )
    assert len({outputs["pid"] for outputs in all_outputs}) <= calls / 3


async def test_the_worker_of_who_stops_waiting_is_for_others(pool: WorkerPool) -> None:
    waiting = asyncio.ensure_future(pool.take("/root"))
    worker = await pool.take("/root")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    pool.give_back(worker)
    both = {await pool.take("/root"), await pool.take("/root")}
    assert len(both) == 2
    for one in both:
        pool.give_back(one)
    await pool.aclose()
    assert not any(lives(one.tree.pid) for one in both)


async def test_a_closed_pool_keeps_no_worker(pool: WorkerPool) -> None:
    worker = await pool.take("/root")
    await pool.aclose()
    pool.give_back(worker)
    await pool.aclose()
    assert not lives(worker.tree.pid)
