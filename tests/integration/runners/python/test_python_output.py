"""What a Python step writes, each call for itself."""

from __future__ import annotations

from integration.runners.python.python_calls import MakeCall, outputs_of, text
from tasktrail.model.outcome import Succeeded
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import Stream


async def test_each_call_has_its_own_output(runner: PythonRunner, make_call: MakeCall) -> None:
    pids: set[str] = set()
    for number in range(5):
        said = make_call("say", text=f"line {number}")
        assert (await runner.run(said)).outcome == Succeeded()
        assert text(said) == f"line {number}\n"
        complained = make_call("complain", text=f"error {number}")
        await runner.run(complained)
        assert (text(complained), text(complained, Stream.STDERR)) == ("", f"error {number}\n")
        pids.add((await outputs_of(runner, make_call("pid")))["pid"])
    assert len(pids) == 1


async def test_much_output_is_complete(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("tell_much")
    assert (await runner.run(call)).outcome == Succeeded()
    assert text(call) == "x" * 1_000_000


async def test_log_and_logger_write_to_the_log(runner: PythonRunner, make_call: MakeCall) -> None:
    for _ in range(2):
        call = make_call("log")
        await runner.run(call)
        assert text(call) == "hello\n"
        assert text(call, Stream.STDERR) == "INFO there\n"
