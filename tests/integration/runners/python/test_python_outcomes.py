"""What a Python step comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.runners.python.python_calls import MakeCall, outputs_of, text, write
from tasktrail.model.outcome import Errored, Failed, Succeeded, Warned
from tasktrail.model.plan import Argument
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import StepResult, Stream


async def test_a_step_succeeds(runner: PythonRunner, make_call: MakeCall) -> None:
    result = await runner.run(make_call("nothing"))
    assert result == StepResult(outcome=Succeeded())


async def test_arguments_become_what_the_parameters_are(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("add", a="1", b=2, on="false", where="/a/b")
    assert await outputs_of(runner, call) == {"sum": "3", "on": "false", "name": "b"}


async def test_outputs_come_from_the_context_the_file_and_what_is_returned(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outputs = await outputs_of(runner, make_call("outputs"))
    assert outputs == {"one": "true", "two": "2", "three": "3"}


async def test_a_coroutine_function_is_a_step(runner: PythonRunner, make_call: MakeCall) -> None:
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


async def test_the_context_knows_the_step(
    runner: PythonRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    outputs = await outputs_of(runner, make_call("facts"))
    assert outputs == {"facts": f"7 build wheel 2 y {tmp_path}"}


async def test_a_warning_is_an_outcome(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("warn")
    result = await runner.run(call)
    assert result.outcome == Warned(message="disk nearly full\nslow")
    assert text(call, Stream.STDERR) == "warning: disk nearly full\nwarning: slow\n"


async def test_a_user_error_fails(runner: PythonRunner, make_call: MakeCall) -> None:
    result = await runner.run(make_call("user_error"))
    assert result.outcome == Failed(message="no such version")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, Succeeded()),
        (None, Succeeded()),
        (3, Failed(message="exit code 3", exit_code=3)),
        ("no luck", Failed(message="no luck", exit_code=1)),
    ],
)
async def test_an_exit_is_taken_as_the_interpreter_does(
    runner: PythonRunner, make_call: MakeCall, code: Argument, outcome: object
) -> None:
    assert (await runner.run(make_call("leave", code=code))).outcome == outcome


async def test_another_exception_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("system_error"))).outcome
    assert isinstance(outcome, Errored)
    assert (outcome.message, outcome.reference) == ("KeyError: 'missing'", "ref-1")
    assert "in system_error" in (outcome.detail or "")


async def test_an_output_without_a_name_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("bad_output"))).outcome
    assert isinstance(outcome, Errored)
    assert "output 'a b' is no name" in outcome.message


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("steps:gone", {}, "module 'steps' has no function 'gone'"),
        ("gone:gone", {}, "cannot import 'gone:gone': ModuleNotFoundError: No module named 'gone'"),
        ("broken:f", {}, "cannot import 'broken:f': ZeroDivisionError: division by zero"),
        ("say", {}, "missing 1 required positional argument: 'text'"),
        ("say", {"text": "x", "more": 1}, "unexpected keyword argument 'more'"),
        ("add", {"a": "x", "b": 1, "on": True, "where": "/"}, "argument 'a' is no int: 'x'"),
    ],
)
async def test_a_call_that_cannot_be_made_fails_with_the_reason(
    runner: PythonRunner,
    make_call: MakeCall,
    root: Path,
    function: str,
    arguments: dict[str, Argument],
    message: str,
) -> None:
    write(root / "broken.py", "\n1 / 0")
    call = make_call(function, **arguments)
    outcome = (await runner.run(call)).outcome
    assert isinstance(outcome, Failed)
    assert message in outcome.message
    if function == "broken:f":
        assert "line 2" in text(call, Stream.STDERR)


async def test_a_missing_working_directory_fails(
    runner: PythonRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    outcome = (await runner.run(make_call("nothing", working_directory=tmp_path / "no"))).outcome
    assert isinstance(outcome, Failed)
    assert "cannot enter the working directory" in outcome.message


@pytest.mark.parametrize(("function", "how"), [("die", "exit code 3"), ("crash", "SIGSEGV")])
async def test_a_worker_that_dies_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall, function: str, how: str
) -> None:
    result = await runner.run(make_call(function))
    assert isinstance(result.outcome, Errored)
    assert result.outcome.message == f"the worker process died: {how}"
    assert result.outcome.reference == "ref-1"
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}
