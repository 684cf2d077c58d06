"""What a Python step leaves behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from integration.runners.process_trees import lives
from integration.runners.python.python_calls import MakeCall, outputs_of, text
from tasktrail.model.outcome import Succeeded
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import Stream


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("function", ["orphan", "double_fork"])
async def test_what_a_step_leaves_running_is_ended_and_named(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    call = make_call(function)
    before = await outputs_of(runner, make_call("pid"))
    result = await runner.run(call)
    assert isinstance(result.outcome, Succeeded)
    assert not lives(int(result.outcome.outputs["pid"]))
    assert result.receipt is not None
    assert [note.name for note in result.receipt.left_behind] == ["sleep"]
    assert "still running" in text(call, Stream.SYSTEM)
    assert await outputs_of(runner, make_call("pid")) != before


@pytest.mark.parametrize("function", ["thread", "close_output", "keep_output"])
async def test_a_worker_with_traces_of_a_step_is_not_used_again(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    before = await outputs_of(runner, make_call("pid"))
    assert (await runner.run(make_call(function))).outcome == Succeeded()
    assert await outputs_of(runner, make_call("pid")) != before


async def test_a_fork_that_returns_does_not_answer_for_the_step(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("fork_and_return")
    assert (await runner.run(call)).outcome == Succeeded()
    assert text(call) == "child\n"
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


async def test_many_calls_leave_nothing_open(runner: PythonRunner, make_call: MakeCall) -> None:
    async def calls(number: int) -> None:
        for _ in range(number):
            assert (await runner.run(make_call("say", text="x"))).outcome == Succeeded()

    await asyncio.gather(*(runner.run(make_call("meet", others=3)) for _ in range(4)))
    await calls(2)
    before = open_descriptors()
    await asyncio.gather(*(calls(50) for _ in range(4)))
    assert open_descriptors() == before
    await runner.run(make_call("die"))
    assert open_descriptors() <= before
