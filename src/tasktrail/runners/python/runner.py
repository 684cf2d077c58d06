"""Steps that are a Python function."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from tasktrail.errors import RefusedError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import Argument, JsonValue, PythonAction
from tasktrail.model.receipt import LimitKind, TerminationReceipt
from tasktrail.model.template import Template
from tasktrail.runners.command_spec import MARKER_VARIABLE
from tasktrail.runners.outputs import OutputError, read_outputs
from tasktrail.runners.python.messages import (
    CallEnded,
    EndKind,
    SpawnAnswer,
    SpawnAsked,
    StepOrder,
)
from tasktrail.runners.python.pool import WorkerPool
from tasktrail.runners.python.step_output import StepOutput
from tasktrail.runners.python.worker_process import PythonWorker, Spawn
from tasktrail.runners.spawn_error import SpawnError
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult
from tasktrail.runners.step_error import errored
from tasktrail.runners.step_notes import named_limit, tell_gaps, tell_receipt
from tasktrail.runners.supervisor import Supervisor

_DRAIN_SECONDS = 1.0
_STOPPED = Failed(message="stopped")
_STOPPED_FROM_OUTSIDE = Failed(message="stopped by a signal that no cancel or timeout sent")
_NEVER_STARTED = Failed(message="stopped before it was started")


class PythonRunner:
    """Calls functions in worker processes, which it keeps for later calls.

    `life` is that of the supervisor; `new_reference` makes what a user gives to support to have a
    system error found.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        life: str,
        new_reference: Callable[[], str],
        *,
        most_idle: int = 8,
        most_calls: int = 5_000,
        idle_seconds: float = 300.0,
    ) -> None:
        self._new_reference = new_reference
        self._pool = WorkerPool(
            supervisor,
            life,
            most_idle=most_idle,
            most_calls=most_calls,
            idle_seconds=idle_seconds,
        )

    async def run(self, call: StepCall) -> StepResult:
        """Call the function; return when it has ended, or was stopped, with all that it started."""
        if call.stop.asked:
            return StepResult(outcome=_NEVER_STARTED, stopped=True)
        order = _order(call)
        result = await self._tried(call, order, last=False)
        if result is None:
            # An idle worker died just before it was taken: that is no fault of the step.
            result = await self._tried(call, order, last=True)
        assert result is not None, "the last try has a result"
        return result

    async def aclose(self) -> None:
        """Stop the idle workers. Calls that still run belong to who awaits them."""
        await self._pool.aclose()

    async def _tried(self, call: StepCall, order: StepOrder, *, last: bool) -> StepResult | None:
        """The result; None when the worker was gone before it got anything of the call, unless this
        is the `last` try."""
        try:
            worker = await self._pool.take(order.root, call.limits)
        except (SpawnError, OSError) as error:
            return StepResult(outcome=errored(error, self._new_reference()))
        if call.stop.asked:
            self._let_go(call, worker)
            return StepResult(outcome=_NEVER_STARTED, stopped=True)
        try:
            output = StepOutput(call.output)
        except OSError as error:
            self._pool.end(worker)
            return StepResult(outcome=errored(error, self._new_reference()))
        try:
            ending = await self._begun(call, order, worker, output)
            if worker.reached or last:
                return await self._carried_out(call, worker, output, ending)
            self._pool.end(worker)
            return None
        finally:
            output.close()

    async def _carried_out(
        self,
        call: StepCall,
        worker: PythonWorker,
        output: StepOutput,
        ending: asyncio.Future[CallEnded | None],
    ) -> StepResult:
        output.close_write_ends()
        reach(Failpoint.PYTHON_ORDERED)
        tell_gaps(call, worker.tree.enforced)
        if not await _ended_first(ending, call):
            return await self._stopped(call, worker, output, ending)
        ended = ending.result()
        reach(Failpoint.PYTHON_ENDED)
        idle = ended is not None and not ended.retire
        drained = idle and await output.finish(_DRAIN_SECONDS)
        if ended is not None and drained and call.limits is None:
            outcome = self._outcome(call, ended)
            self._pool.give_back(worker)
            return StepResult(outcome=outcome)
        receipt = await _finished(worker, held_open=idle and not drained)
        await output.finish(_DRAIN_SECONDS)
        tell_receipt(call, receipt)
        outcome = await self._died(worker) if ended is None else self._outcome(call, ended)
        hit = (*receipt.limits_hit, *_felt(ended))
        outcome = named_limit(outcome, call.limits, hit)
        return StepResult(outcome=outcome, receipt=receipt)

    async def _begun(
        self, call: StepCall, order: StepOrder, worker: PythonWorker, output: StepOutput
    ) -> asyncio.Future[CallEnded | None]:
        try:
            return await worker.begin(order, output.write_ends, _spawn(call))
        except BaseException:  # such as text that is no UTF-8
            self._pool.end(worker)
            raise

    def _let_go(self, call: StepCall, worker: PythonWorker) -> None:
        """Part with a worker that has not been called."""
        if call.limits is None:
            self._pool.give_back(worker)
        else:
            self._pool.end(worker)

    async def _stopped(
        self,
        call: StepCall,
        worker: PythonWorker,
        output: StepOutput,
        ending: asyncio.Future[CallEnded | None],
    ) -> StepResult:
        receipt = await worker.tree.stop(
            stop_signal=call.stop_signal, grace=call.grace, forced=call.stop.wait_forced()
        )
        worker.close()
        await output.finish(_DRAIN_SECONDS)
        tell_receipt(call, receipt)
        ended = ending.result() if ending.done() else None
        if ended is None or ended.kind is EndKind.STOPPED:
            outcome: Outcome = _STOPPED
        else:
            outcome = self._outcome(call, ended)
        return StepResult(outcome=outcome, stopped=True, receipt=receipt)

    def _outcome(self, call: StepCall, ended: CallEnded) -> Outcome:
        try:
            outputs = {**read_outputs(call.outputs_file), **ended.outputs}
        except OutputError as error:
            reason = ended.message if ended.kind is not EndKind.SUCCEEDED else ""
            return Failed(message=f"{reason}; {error}" if reason else str(error))
        except OSError as error:
            return errored(error, self._new_reference())
        match ended.kind:
            case EndKind.SUCCEEDED if ended.warnings:
                return Warned(message="\n".join(ended.warnings), outputs=outputs)
            case EndKind.SUCCEEDED:
                return Succeeded(outputs=outputs)
            case EndKind.FAILED:
                return Failed(message=ended.message, outputs=outputs, exit_code=ended.exit_code)
            case EndKind.ERRORED:
                return Errored(
                    message=ended.message, reference=self._new_reference(), detail=ended.detail
                )
            case EndKind.STOPPED:
                return _STOPPED_FROM_OUTSIDE
            case _:
                assert_never(ended.kind)

    async def _died(self, worker: PythonWorker) -> Errored:
        status = await worker.tree.wait()
        return Errored(
            message=f"the worker process died: {status.signal or f'exit code {status.code}'}",
            reference=self._new_reference(),
            detail=str(worker.last_words) or None,
        )


async def _ended_first(ending: asyncio.Future[CallEnded | None], call: StepCall) -> bool:
    """Wait for the end of the call or a stop order; whether the end came first."""
    first = asyncio.get_running_loop().create_future()

    def come(_: object = None) -> None:
        if not first.done():
            first.set_result(None)

    ending.add_done_callback(come)
    call.stop.watch(come)
    if call.stop.asked:
        come()
    await first
    return ending.done()


def _felt(ended: CallEnded | None) -> tuple[LimitKind, ...]:
    """The limit that the function itself ran into: a bounded address space makes Python raise."""
    if ended is None or ended.kind is not EndKind.ERRORED:
        return ()
    return (LimitKind.MEMORY,) if ended.message.startswith(MemoryError.__name__) else ()


async def _finished(worker: PythonWorker, *, held_open: bool) -> TerminationReceipt:
    """End a worker that exits by itself, or whose output something holds open."""
    worker.close()
    if held_open:
        return await worker.tree.stop(stop_signal="SIGTERM", grace=_DRAIN_SECONDS)
    return await worker.tree.finish()


def _order(call: StepCall) -> StepOrder:
    action = call.action
    if not isinstance(action, PythonAction):
        raise TypeError(f"{type(action).__name__} is not a Python call")
    return StepOrder(
        function=action.function,
        root=action.root,
        arguments={name: _resolved(value) for name, value in action.arguments.items()},
        environment={**call.environment, MARKER_VARIABLE: call.marker},
        directory=str(call.working_directory),
        stop_signal=call.stop_signal,
        task_id=call.task_id,
        job=call.job_name,
        step=call.step_name,
        attempt=call.attempt,
        inputs=call.inputs,
        workspace=str(call.workspace),
    )


def _resolved(value: Argument) -> JsonValue:
    if isinstance(value, Template):
        raise TypeError("a template of the call is not resolved")
    return value


def _spawn(call: StepCall) -> Spawn:
    async def submit(asked: SpawnAsked) -> SpawnAnswer:
        if call.spawn is None:
            return SpawnAnswer(failed="this engine cannot submit tasks for steps")
        request = SpawnRequest(target=asked.target, inputs=asked.inputs, key=asked.key)
        try:
            return SpawnAnswer(task_id=await call.spawn(request))
        except RefusedError as error:
            return SpawnAnswer(refused=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the step waits for an answer
            return SpawnAnswer(failed=f"{type(error).__name__}: {error}")

    return submit
