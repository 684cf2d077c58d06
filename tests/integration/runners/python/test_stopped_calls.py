"""Python steps that are stopped."""

from __future__ import annotations

import asyncio
import time

import pytest

from integration.runners.process_trees import Recorder, lives
from integration.runners.python.python_calls import MakeCall, outputs_of, text
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import StepCall, StepResult


async def stopped(runner: PythonRunner, call: StepCall, *, lines: int = 1) -> StepResult:
    """Order the stop once the step has written so many lines."""
    assert isinstance(call.output, Recorder)
    running = asyncio.ensure_future(runner.run(call))
    await call.output.lines(lines)
    call.stop.ask()
    return await running


@pytest.mark.parametrize("function", ["loop", "clean_up", "sleep", "lock"])
@pytest.mark.parametrize("stop_signal", ["SIGTERM", "SIGINT"])
async def test_a_step_is_interrupted_where_it_is(
    runner: PythonRunner, make_call: MakeCall, function: str, stop_signal: str
) -> None:
    call = make_call(function, grace=20, stop_signal=stop_signal)
    result = await stopped(runner, call)
    assert result.stopped
    assert result.receipt is not None
    assert not result.receipt.killed
    assert result.receipt.proof
    assert ("cleaned up" in text(call)) == (function in {"clean_up", "sleep"})


async def test_a_step_may_end_in_its_own_time(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("polite", grace=20)
    result = await stopped(runner, call)
    assert result.stopped
    assert text(call) == "started\ndone with it\n"


@pytest.mark.parametrize("function", ["c_call", "deaf"])
async def test_a_step_that_takes_no_note_is_killed_after_the_grace(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    call = make_call(function, grace=0.3)
    begun = time.monotonic()
    result = await stopped(runner, call)
    assert result.stopped
    assert result.receipt is not None
    assert len(result.receipt.killed) == 1
    assert time.monotonic() - begun < 0.3 + 1 + 1  # the worker's own start included


async def test_a_forced_stop_does_not_wait(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("deaf", grace=100)
    assert isinstance(call.output, Recorder)
    running = asyncio.ensure_future(runner.run(call))
    await call.output.lines(1)
    call.stop.ask()
    call.stop.ask(force=True)
    assert (await running).stopped


async def test_a_stop_ends_what_the_step_has_started(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("parent", grace=20)
    result = await stopped(runner, call)
    assert result.stopped
    assert not lives(int(text(call)))


async def test_a_stopped_worker_is_not_used_again(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    before = await outputs_of(runner, make_call("pid"))
    await stopped(runner, make_call("loop", grace=20))
    assert await outputs_of(runner, make_call("pid")) != before


async def test_an_order_to_stop_before_the_start_starts_nothing(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("say", text="x")
    call.stop.ask()
    assert (await runner.run(call)).stopped
    assert text(call) == ""


async def test_a_stop_that_comes_before_the_worker_starts_nothing(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("say", text="x")
    running = asyncio.ensure_future(runner.run(call))
    await asyncio.sleep(0)
    call.stop.ask()
    assert (await running).stopped
    assert text(call) == ""
