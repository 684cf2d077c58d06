"""Command steps, from the call to the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from process_trees import ENVIRONMENT, Recorder, lives

from tasktrail.model.outcome import Errored, Failed, Succeeded
from tasktrail.model.plan import CommandAction, PythonAction
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.spawn_error import SpawnError, SpawnSubject
from tasktrail.runners.step_call import OutputSink, StepCall, Stream
from tasktrail.runners.supervisor import CommandSpec, ProcessTree, Supervisor

MakeCall = Callable[..., StepCall]


@pytest.fixture
def runner(supervisor: Supervisor) -> CommandRunner:
    return CommandRunner(supervisor, lambda: "ref-1")


@pytest.fixture
def make_call(directory: str, tmp_path: Path) -> MakeCall:
    """Makes the call of a step with that script."""

    def make(
        script: str,
        *,
        shell: str = "/bin/sh -e",
        working_directory: Path = tmp_path,
        grace: float = 5.0,
        environment: dict[str, str] | None = None,
    ) -> StepCall:
        outputs = tmp_path / "outputs"
        return StepCall(
            task_id=1,
            job_id=1,
            job_name="job",
            step_id=1,
            step_name="step",
            attempt=1,
            action=CommandAction(run=script, shell=shell),
            environment={**ENVIRONMENT, "OUT": str(outputs), **(environment or {})},
            workspace=tmp_path,
            working_directory=working_directory,
            outputs_file=outputs,
            marker=f"{directory}:1:1",
            stop_signal="SIGTERM",
            grace=grace,
            output=Recorder(),
        )

    return make


def printed(call: StepCall, stream: Stream = Stream.STDOUT) -> str:
    assert isinstance(call.output, Recorder)
    return call.output.text(stream)


async def test_a_good_command_succeeds_with_its_outputs(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    call = make_call('echo building; echo "wheel=app.whl" >>"$OUT"')
    result = await runner.run(call)
    assert result.outcome == Succeeded(outputs={"wheel": "app.whl"}, exit_code=0)
    assert not result.stopped
    assert result.receipt is not None
    assert result.receipt.proof is not None
    assert printed(call) == "building\n"
    assert printed(call, Stream.SYSTEM) == ""


async def test_an_exit_code_is_a_user_error_and_keeps_the_outputs(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    result = await runner.run(make_call('echo a=1 >"$OUT"; exit 3'))
    assert result.outcome == Failed(message="exit code 3", outputs={"a": "1"}, exit_code=3)


async def test_a_signal_is_a_user_error(runner: CommandRunner, make_call: MakeCall) -> None:
    result = await runner.run(make_call("kill -SEGV $$"))
    assert result.outcome == Failed(message="killed by SIGSEGV", signal="SIGSEGV")


async def test_the_default_shell_ends_at_the_first_failure(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    call = make_call("false\necho never")
    result = await runner.run(call)
    assert result.outcome == Failed(message="exit code 1", exit_code=1)
    assert printed(call) == ""


async def test_the_shell_of_the_step_is_used(runner: CommandRunner, make_call: MakeCall) -> None:
    call = make_call("import sys; print(sys.flags.optimize)", shell="python3 -O")
    await runner.run(call)
    assert printed(call) == "1\n"


@pytest.mark.parametrize(
    ("shell", "message"),
    [
        ("no-such-shell -e", "cannot start 'no-such-shell': no such file or directory"),
        ("/bin/sh 'oops", "shell '/bin/sh 'oops' is not a command: No closing quotation"),
        ("", "shell is empty"),
    ],
)
async def test_a_wrong_shell_is_a_user_error(
    runner: CommandRunner, make_call: MakeCall, shell: str, message: str
) -> None:
    result = await runner.run(make_call("true", shell=shell))
    assert result.outcome == Failed(message=message)
    assert result.receipt is None


async def test_a_missing_working_directory_is_a_user_error(
    runner: CommandRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    result = await runner.run(make_call("true", working_directory=tmp_path / "none"))
    assert isinstance(result.outcome, Failed)
    assert f"working directory '{tmp_path / 'none'}'" in result.outcome.message


async def test_a_nul_byte_in_a_variable_is_a_user_error(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    result = await runner.run(make_call("true", environment={"INPUT": "a\0b"}))
    assert isinstance(result.outcome, Failed)
    assert "null byte" in result.outcome.message


async def test_a_machine_without_processes_is_a_system_error(make_call: MakeCall) -> None:
    class Exhausted(Supervisor):
        async def start(self, spec: CommandSpec, output: OutputSink) -> ProcessTree:
            raise SpawnError(SpawnSubject.MACHINE, 11, "cannot start a process: try again")

    supervisor = Exhausted(life="d:1", clock=lambda: pytest.fail("asked"), cgroup_base=None)
    result = await CommandRunner(supervisor, lambda: "ref-7").run(make_call("true"))
    assert isinstance(result.outcome, Errored)
    assert result.outcome.reference == "ref-7"
    assert result.outcome.message == "cannot start a process: try again"
    assert "SpawnError" in (result.outcome.detail or "")


async def test_a_wrong_output_line_fails_a_good_command(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    result = await runner.run(make_call('echo oops >"$OUT"'))
    assert isinstance(result.outcome, Failed)
    assert result.outcome.message.startswith("outputs, line 1: neither")
    assert result.outcome.exit_code == 0


async def test_a_wrong_output_line_does_not_hide_the_exit_code(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    result = await runner.run(make_call('echo oops >"$OUT"; exit 4'))
    assert isinstance(result.outcome, Failed)
    assert result.outcome.message.startswith("exit code 4; outputs, line 1")
    assert result.outcome.exit_code == 4


async def test_a_stop_order_stops_the_command(runner: CommandRunner, make_call: MakeCall) -> None:
    call = make_call("trap 'echo cleaning up; exit 0' TERM; echo ready; sleep 1000 & wait")
    running = asyncio.create_task(runner.run(call))
    assert isinstance(call.output, Recorder)
    await call.output.lines(1)
    call.stop.ask()
    result = await running
    assert result.stopped
    assert result.receipt is not None
    assert result.receipt.stop_signal == "SIGTERM"
    assert printed(call) == "ready\ncleaning up\n"
    assert printed(call, Stream.SYSTEM).startswith("stopped with SIGTERM: sh (")


async def test_a_stop_order_may_be_sharpened(runner: CommandRunner, make_call: MakeCall) -> None:
    call = make_call("trap '' TERM; echo ready; sleep 1000", grace=60)
    running = asyncio.create_task(runner.run(call))
    assert isinstance(call.output, Recorder)
    await call.output.lines(1)
    call.stop.ask()
    done, _ = await asyncio.wait((running,), timeout=0.2)
    assert not done
    call.stop.ask(force=True)
    async with asyncio.timeout(10):
        result = await running
    assert result.stopped
    assert "killed with SIGKILL" in printed(call, Stream.SYSTEM)


async def test_a_stop_that_comes_after_the_end_changes_nothing(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    call = make_call("(trap '' TERM; setsid sleep 1000 &) ; echo over; exit 3")
    running = asyncio.create_task(runner.run(call))
    assert isinstance(call.output, Recorder)
    await call.output.lines(1)
    done, _ = await asyncio.wait((running,), timeout=0.5)
    assert not done, "it is stopping what was left behind"
    call.stop.ask()
    result = await running
    assert not result.stopped
    assert result.outcome == Failed(message="exit code 3", exit_code=3)
    assert result.receipt is not None
    (left,) = result.receipt.left_behind
    assert not lives(left.pid)
    assert "still running after" in printed(call, Stream.SYSTEM)


async def test_a_stop_that_comes_before_the_start_starts_nothing(
    runner: CommandRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    call = make_call("echo started")
    call.stop.ask()
    result = await runner.run(call)
    assert result.stopped
    assert result.receipt is None
    assert printed(call) == ""


async def test_another_kind_of_action_is_a_mistake_of_ours(
    runner: CommandRunner, make_call: MakeCall
) -> None:
    wrong = replace(make_call("true"), action=PythonAction(function="m:f"))
    with pytest.raises(TypeError, match="PythonAction is not a command"):
        await runner.run(wrong)
