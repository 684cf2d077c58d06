"""One job, alive: its steps one after another, from the claim to the last report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.submit_spawned import SpawnWish
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.redaction import redacted
from tasktrail.engine.step_environment import (
    Surroundings,
    environment_of,
    reference_values,
    resolved,
    secrets_known,
    typed_inputs,
    working_directory,
)
from tasktrail.engine.workshop import StepLog, Workshop
from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.masked_log import MaskedLog
from tasktrail.logs.masking import NOTHING, Masking
from tasktrail.model.changes import StopStep
from tasktrail.model.course import outlives_stops
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.outcome import (
    Canceled,
    Errored,
    Failed,
    Outcome,
    Succeeded,
    TimedOut,
    TimeLimit,
    Warned,
)
from tasktrail.model.plan import Action, PythonAction, SpawnAction, StepPlan
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.step import LogSummary, Step
from tasktrail.model.template import UnknownReferenceError
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult, StopOrder
from tasktrail.runners.step_error import errored
from tasktrail.runners.workspace import discard_outputs


class Report(Protocol):
    """Makes an outcome durable, however long that takes."""

    async def __call__(
        self, ended: StepEnded | WorkerLost, removed: Outcome | None = None
    ) -> Step | None:
        """The step that comes next, if any. `removed`: see `end_step`."""


@dataclass(slots=True)
class _Running:
    """The attempt that is being carried out, and why it was told to stop."""

    step: Step
    stop: StopOrder
    waits: bool
    reason: Canceled | TimedOut | None = None
    work: asyncio.Task[StepResult] | None = None


class JobExecution:
    """Carries out a claimed job.

    `spawn` submits a task for a Python step and returns its id. Stops may be ordered at any time,
    also for a step that is only about to begin.
    """

    def __init__(
        self,
        workshop: Workshop,
        report: Report,
        spawn: Callable[[SpawnWish], Awaitable[int]],
        persistence: Persistence,
    ) -> None:
        self._workshop = workshop
        self._persistence = persistence
        self._report = report
        self._spawn = spawn
        self._running: _Running | None = None
        self._ordered: dict[int, StopStep] = {}
        self._abandoned = False
        self._maskings: dict[frozenset[str], Masking] = {frozenset(): NOTHING}

    def order_stop(self, order: StopStep) -> None:
        """Stop a step of the job, now or as soon as it begins."""
        self._ordered[order.step_id] = order
        if self._running is not None and self._running.step.id == order.step_id:
            self._obey(self._running, order)

    def abandon(self) -> None:
        """Stop for the sake of the engine: the job is settled as one that lost its worker.

        A step that waits for a spawned task just stops waiting; the spawned task is left alone.
        """
        self._abandoned = True
        running = self._running
        if running is None:
            return
        if running.waits and running.work is not None:
            running.work.cancel()
        else:
            running.stop.ask()

    async def carry_out(self, assignment: Assignment) -> None:
        """Run step after step until nothing of the job is left to do."""
        outputs = dict(assignment.step_outputs)
        step: Step | None = assignment.first_step
        if step.attempts > 1:
            # The worker before this one may have been lost just after it had removed it.
            self._prepare(assignment)
        while step is not None:
            if self._abandoned:
                await self._report_loss(assignment)
                return
            result, log = await self._attempt(assignment, step, outputs)
            if self._abandoned and result.stopped:
                await self._report_loss(assignment, result.receipt, log)
                return
            given = getattr(result.outcome, "outputs", None)
            if given:
                outputs[step.name] = given
            removed = self._removed(assignment, step, result)
            step = await self._report(_ended(assignment, step, result, log), removed)
            if step is not None and removed is not None:
                self._prepare(assignment)
            reach(Failpoint.STEP_REPORTED)

    def _prepare(self, assignment: Assignment) -> None:
        """Have the workspace there, whatever came before; without it the next step says so."""
        self._workshop.system.prepared(self._workspace(assignment))

    def _removed(self, assignment: Assignment, step: Step, result: StepResult) -> Outcome | None:
        """Remove an empty workspace before the last step has even been recorded as done.

        Nobody can tell, and it spares the job a decision.
        """
        rest = assignment.job_plan.steps[step.position + 1 :]
        last = len(rest) == 1 and outlives_stops(rest[0])
        if not last or not isinstance(result.outcome, Succeeded | Warned):
            return None
        return self._workshop.system.removed(self._workspace(assignment))

    def _workspace(self, assignment: Assignment) -> Path:
        return self._workshop.workspace(assignment.task.id, assignment.job.id)

    async def _report_loss(
        self,
        assignment: Assignment,
        receipt: TerminationReceipt | None = None,
        log: LogSummary | None = None,
    ) -> None:
        reference = self._workshop.new_reference()
        await self._report(WorkerLost(assignment.job.id, reference, receipt, log))

    async def _attempt(
        self, assignment: Assignment, step: Step, outputs: dict[str, dict[str, str]]
    ) -> tuple[StepResult, LogSummary]:
        plan = assignment.step_plan(step)
        masking = self._masking(secrets_known(assignment, plan, outputs))
        log = self._workshop.log(step.task_id, step.id, step.attempts, masking)
        self._running = running = _Running(
            step, StopOrder(), waits=isinstance(plan.action, SpawnAction)
        )
        order = self._ordered.get(step.id)
        if order is not None:
            self._obey(running, order)
        timer = self._set_limit(plan, running)
        work = self._carry_out_step(assignment, running, outputs, log)
        try:
            if running.waits:
                running.work = asyncio.ensure_future(work)
                result = await running.work
            else:
                result = await work
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
            result = StepResult(outcome=Canceled(message="the engine stopped"), stopped=True)
        finally:
            self._running = None
            if timer is not None:
                timer.cancel()
        if result.stopped and running.reason is not None:
            result = StepResult(
                outcome=_named(running.reason, result.receipt), stopped=True, receipt=result.receipt
            )
        result = redacted(result, masking)
        reach(Failpoint.STEP_ENDED)
        closed = await self._persistence.until_taken(lambda: _closed(log))
        reach(Failpoint.STEP_LOG_CLOSED)
        return result, closed

    async def _carry_out_step(
        self,
        assignment: Assignment,
        running: _Running,
        outputs: dict[str, dict[str, str]],
        log: StepLog,
    ) -> StepResult:
        try:
            call = self._call(assignment, running, outputs, log)
            try:
                return await self._workshop.runners[type(call.action)].run(call)
            finally:
                discard_outputs(call.outputs_file)
        except UnknownReferenceError as error:
            return StepResult(outcome=Failed(message=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the attempt ends with it
            return StepResult(outcome=self._errored(error))

    def _call(
        self,
        assignment: Assignment,
        running: _Running,
        outputs: dict[str, dict[str, str]],
        log: StepLog,
    ) -> StepCall:
        step, workshop = running.step, self._workshop
        plan = assignment.step_plan(step)
        workspace = self._workspace(assignment)
        outputs_file = workshop.outputs_file(step.task_id, step.job_id, step.id, step.attempts)
        surroundings = Surroundings(workspace, outputs_file, step.attempts)
        values = reference_values(assignment, outputs)
        return StepCall(
            task_id=step.task_id,
            job_id=step.job_id,
            job_name=assignment.job.name,
            step_id=step.id,
            step_name=step.name,
            attempt=step.attempts,
            action=_resolved_action(plan.action, values),
            # What only makes or removes a workspace asks for none.
            environment=environment_of(
                assignment, step, outputs, surroundings, workshop.base_environment
            )
            if not outlives_stops(plan)
            else {},
            workspace=workspace,
            working_directory=working_directory(plan, workspace, values),
            outputs_file=outputs_file,
            marker=workshop.marker(step.id, step.attempts),
            stop_signal=plan.stop_signal,
            grace=assignment.plan.stop_grace if plan.grace is None else plan.grace,
            output=log,
            limits=plan.limits,
            stop=running.stop,
            inputs=typed_inputs(assignment),
            spawn=lambda request: self._spawn(_wish(assignment, step, request)),
        )

    def _masking(self, secrets: frozenset[str]) -> Masking:
        """Most steps of a job know the same secrets."""
        masking = self._maskings.get(secrets)
        if masking is None:
            masking = self._maskings[secrets] = Masking(secrets)
        return masking

    def _set_limit(self, plan: StepPlan, running: _Running) -> asyncio.TimerHandle | None:
        if plan.timeout is None:
            return None
        reached = TimedOut(
            limit=TimeLimit.STEP, message=f"the step's time limit of {plan.timeout:g} s was reached"
        )

        def end() -> None:
            if running.reason is None:
                running.reason = reached
                running.stop.ask(limit=True)

        return asyncio.get_running_loop().call_later(plan.timeout, end)

    def _obey(self, running: _Running, order: StopStep) -> None:
        if running.reason is None:
            running.reason = order.outcome
        running.stop.ask(limit=isinstance(order.outcome, TimedOut), force=order.forced)

    def _errored(self, error: Exception) -> Errored:
        message = f"{type(error).__name__}: {error}"
        return errored(error, self._workshop.new_reference(), message)


async def _closed(log: StepLog) -> LogSummary:
    """Nothing ends without a closed log: with a full disk, its record could not be written either.

    Raises:
        StoreUnavailableError: the disk does not take it yet.
    """
    if isinstance(log, MaskedLog):
        log.end()
    try:
        return await asyncio.to_thread(log.close) if log.written else log.close()
    except OSError as error:
        raise StoreUnavailableError(f"a log cannot be closed: {error}") from error


def _resolved_action(action: Action, values: dict[str, str]) -> Action:
    match action:
        case PythonAction(function=function, root=root, arguments=arguments) if arguments:
            return PythonAction(
                function=function, root=root, arguments={**resolved(arguments, values)}
            )
        case SpawnAction(target=target, root=root, inputs=inputs, wait=wait):
            return SpawnAction(
                target=target, root=root, inputs={**resolved(inputs, values)}, wait=wait
            )
        case _:
            return action


def _wish(assignment: Assignment, step: Step, request: SpawnRequest) -> SpawnWish:
    source = assignment.plan.source
    return SpawnWish(
        origin=assignment.task,
        step_id=step.id,
        key=request.key,
        target=request.target,
        root=source.root if source else None,
        inputs=request.inputs,
    )


def _ended(assignment: Assignment, step: Step, result: StepResult, log: LogSummary) -> StepEnded:
    return StepEnded(
        job_id=assignment.job.id,
        claim=assignment.claim,
        step_id=step.id,
        attempt=step.attempts,
        outcome=result.outcome,
        receipt=result.receipt,
        log=log,
    )


def _named(reason: Canceled | TimedOut, receipt: TerminationReceipt | None) -> Outcome:
    """The reason of a stop; what could not be stopped is part of it."""
    if receipt is None or not receipt.survived:
        return reason
    names = ", ".join(f"{process.name} ({process.pid})" for process in receipt.survived)
    message = f"{reason.message}; still running: {names}"
    if isinstance(reason, Canceled):
        return Canceled(message=message)
    return TimedOut(limit=reason.limit, message=message)
