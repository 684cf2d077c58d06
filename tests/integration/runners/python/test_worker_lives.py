"""How long workers of Python steps live, and what becomes of a call when one dies."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from integration.runners.process_trees import lives
from integration.runners.python.python_calls import MakeCall, end_of, outputs_of
from tasktrail.model.outcome import Errored, Succeeded
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.supervisor import Supervisor


def test_a_worker_starts_without_what_only_the_engine_needs() -> None:
    heavy = {"msgspec", "sqlalchemy", "typer", "rich", "yaml", "psutil", "asyncio"}
    show = "import sys, tasktrail.runners.python.worker; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", show], text=True).split()
    assert "tasktrail.runners.python.worker" in loaded
    assert heavy.isdisjoint(loaded)


async def test_a_worker_is_replaced_after_so_many_calls(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1", most_calls=2)
    pids = [(await outputs_of(runner, make_call("pid")))["pid"] for _ in range(4)]
    await runner.aclose()
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_idle_workers_are_bounded_in_number_and_time(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(
        supervisor, f"{directory}:1", lambda: "ref-1", most_idle=1, idle_seconds=0.2
    )
    calls = (make_call("meet", others=1) for _ in range(2))
    both = await asyncio.gather(*(outputs_of(runner, call) for call in calls))
    pids = {int(outputs["pid"]) for outputs in both}
    assert len(pids) == 2
    async with asyncio.timeout(20):
        await asyncio.gather(*map(end_of, pids))
    await runner.aclose()


async def test_closing_leaves_no_worker(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1")
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    await runner.aclose()
    assert not lives(pid)


async def test_an_idle_worker_that_dies_is_not_given_out(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    os.kill(pid, 9)
    async with asyncio.timeout(20):
        await end_of(pid)
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


def kill_unnoticed(pid: int) -> None:
    """The worker is gone, and the event loop has had no chance to see it."""
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


async def test_a_call_is_not_lost_with_an_idle_worker_that_dies_just_before_it(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    """Nobody knows of the death yet, and nothing of the call was sent: another worker takes it."""
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    kill_unnoticed(pid)
    result = await runner.run(make_call("pid"))
    assert isinstance(result.outcome, Succeeded)
    assert int(result.outcome.outputs["pid"]) != pid
    await runner.aclose()
    assert not lives(pid)


async def test_a_call_whose_second_worker_is_gone_as_well_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    two = await asyncio.gather(*(outputs_of(runner, make_call("meet", others=1)) for _ in "12"))
    pids = [int(outputs["pid"]) for outputs in two]
    for pid in pids:
        kill_unnoticed(pid)
    result = await runner.run(make_call("pid"))
    assert isinstance(result.outcome, Errored)
    assert result.outcome.message == "the worker process died: SIGKILL"


async def test_a_call_that_cannot_be_sent_costs_its_worker(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    with pytest.raises(UnicodeEncodeError):
        await runner.run(make_call("say", text="\udcff"))
    async with asyncio.timeout(20):
        await end_of(pid)
