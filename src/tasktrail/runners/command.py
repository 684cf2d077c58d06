"""Steps that are a command: a script given to a shell."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable

from tasktrail.model.outcome import Failed, Outcome, Succeeded
from tasktrail.model.plan import CommandAction
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.runners.command_spec import CommandSpec, ExitStatus
from tasktrail.runners.outputs import OutputError, read_outputs
from tasktrail.runners.process_tree import ProcessTree
from tasktrail.runners.spawn_error import SpawnError
from tasktrail.runners.step_call import StepCall, StepResult
from tasktrail.runners.step_error import errored
from tasktrail.runners.step_notes import named_limit, tell_gaps, tell_receipt
from tasktrail.runners.supervisor import Supervisor

_NEVER_STARTED = Failed(message="stopped before it was started")


class CommandRunner:
    """Runs command steps through the supervisor.

    `new_reference` makes what a user gives to support to have a system error found.
    """

    def __init__(self, supervisor: Supervisor, new_reference: Callable[[], str]) -> None:
        self._supervisor = supervisor
        self._new_reference = new_reference

    async def run(self, call: StepCall) -> StepResult:
        """Run the script to its end, or to its stop when one is ordered."""
        if call.stop.asked:
            return StepResult(outcome=_NEVER_STARTED, stopped=True)
        try:
            tree = await self._supervisor.start(_spec(call), call.output)
        except MalformedShellError as error:
            return StepResult(outcome=Failed(message=str(error)))
        except SpawnError as error:
            return StepResult(outcome=self._not_started(error))
        tell_gaps(call, tree.enforced)
        stopped = await _stopped_first(tree, call)
        receipt = await _end(tree, call, stopped=stopped)
        tell_receipt(call, receipt)
        outcome = named_limit(await self._outcome(tree, call), call.limits, receipt.limits_hit)
        return StepResult(outcome=outcome, stopped=stopped, receipt=receipt)

    def _not_started(self, error: SpawnError) -> Outcome:
        return (
            Failed(message=str(error))
            if error.asked_wrongly
            else errored(error, self._new_reference())
        )

    async def _outcome(self, tree: ProcessTree, call: StepCall) -> Outcome:
        if not tree.exited:
            return Failed(message="its process could not be stopped")
        status = await tree.wait()
        try:
            outputs = read_outputs(call.outputs_file)
        except OutputError as error:
            return _failed(status, str(error))
        except OSError as error:
            return errored(error, self._new_reference())
        return _ended(status, outputs)


class MalformedShellError(ValueError):
    """The `shell` of a step is no command."""


def _spec(call: StepCall) -> CommandSpec:
    action = call.action
    if not isinstance(action, CommandAction):
        raise TypeError(f"{type(action).__name__} is not a command")
    return CommandSpec(
        argv=(*_shell(action.shell), "-c", action.run),
        env=call.environment,
        cwd=call.working_directory,
        marker=call.marker,
        limits=call.limits,
    )


def _shell(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise MalformedShellError(f"shell '{text}' is not a command: {error}") from None
    if not words:
        raise MalformedShellError("shell is empty")
    return words


async def _stopped_first(tree: ProcessTree, call: StepCall) -> bool:
    """Wait for the leader's end or a stop order; whether the order came first."""
    asked = asyncio.ensure_future(call.stop.wait_asked())
    try:
        await asyncio.wait((tree.ending, asked), return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
    return not tree.exited


async def _end(tree: ProcessTree, call: StepCall, *, stopped: bool) -> TerminationReceipt:
    if not stopped:
        return await tree.finish()
    return await tree.stop(
        stop_signal=call.stop_signal, grace=call.grace, forced=call.stop.wait_forced()
    )


def _ended(status: ExitStatus, outputs: dict[str, str]) -> Outcome:
    if status.code == 0:
        return Succeeded(outputs=outputs, exit_code=0)
    return Failed(
        message=_told(status), outputs=outputs, exit_code=status.code, signal=status.signal
    )


def _failed(status: ExitStatus, reason: str) -> Failed:
    """The outputs are wrong; if the command failed as well, that is what matters first."""
    message = reason if status.code == 0 else f"{_told(status)}; {reason}"
    return Failed(message=message, exit_code=status.code, signal=status.signal)


def _told(status: ExitStatus) -> str:
    return f"killed by {status.signal}" if status.signal else f"exit code {status.code}"
