"""One job, alive: its steps one after another, from the claim to the last report."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from tasktrail.actions.assignment import Assignment, Outputs
from tasktrail.engine.call_assembly import Spawn, assembled_call
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.redaction import redacted
from tasktrail.engine.running_step import RunningStep
from tasktrail.engine.step_environment import secrets_known
from tasktrail.engine.workshop import StepLog, Workshop
from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.masked_log import MaskedLog
from tasktrail.logs.masking import NOTHING, Masking
from tasktrail.logs.place import LogName
from tasktrail.model.changes import StopStep
from tasktrail.model.course import outlives_stops
from tasktrail.model.happening import OrderlyStop, StepEnded, WorkerLost
from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded, Warned, outputs_of
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.step import LogSummary, Step
from tasktrail.model.template import UnknownReferenceError
from tasktrail.runners.step_call import StepResult
from tasktrail.runners.step_error import errored
from tasktrail.runners.workspace import discard_outputs


class Report(Protocol):
    """Makes an outcome durable, however long that takes."""

    async def __call__(self, ended: StepEnded | WorkerLost) -> Step | None:
        """The step that comes next, if any."""


class JobExecution:
    """Carries out a claimed job.

    `spawn` submits a task for a Python step and returns its id. Stops may be ordered at any time,
    also for a step that is only about to begin.
    """

    def __init__(
        self,
        workshop: Workshop,
        report: Report,
        spawn: Spawn,
        persistence: Persistence,
    ) -> None:
        self._workshop = workshop
        self._persistence = persistence
        self._report = report
        self._spawn = spawn
        self._running: RunningStep | None = None
        self._ordered: dict[int, StopStep] = {}
        self._abandoned = False
        self._stop: OrderlyStop | None = None
        self._maskings: dict[frozenset[str], Masking] = {frozenset(): NOTHING}

    def order_stop(self, order: StopStep) -> None:
        """Stop a step of the job, now or as soon as it begins."""
        self._ordered[order.step_id] = order
        if self._running is not None and self._running.step.id == order.step_id:
            self._running.obey(order)

    def abandon(self, *, at_once: bool = False, stop: OrderlyStop | None = None) -> None:
        """Stop for the sake of the engine, `at_once` without grace: the job is settled as one that
        lost its worker, by `stop` if that is why.

        A step that waits for a spawned task just stops waiting; the spawned task is left alone.
        """
        self._abandoned = True
        self._stop = self._stop or stop
        if self._running is not None:
            self._running.abandon(at_once=at_once)

    async def carry_out(self, assignment: Assignment) -> None:
        """Run step after step until nothing of the job is left to do."""
        outputs = dict(assignment.step_outputs)
        step: Step | None = assignment.first_step
        if step.attempts > 1:
            # The worker before this one may have been lost just after it had removed it.
            self._prepare(assignment)
        while step is not None:
            if self._abandoned:
                await self._give_up(assignment)
                return
            result, log = await self._attempt(assignment, step, outputs)
            if self._abandoned and result.stopped:
                await self._report_loss(assignment, result.receipt, log)
                return
            if given := outputs_of(result.outcome):
                outputs[step.name] = given
            removed = self._removed(assignment, step, result)
            step = await self._report(_ended(assignment, step, result, log, removed))
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

    async def _give_up(self, assignment: Assignment) -> None:
        """The step that comes next has not begun: whoever takes the job begins there."""
        reference = self._workshop.new_reference()
        lost = WorkerLost(
            assignment.job.id, reference, log=LogSummary(), begun=False, stop=self._stop
        )
        await self._report(lost)

    async def _report_loss(
        self, assignment: Assignment, receipt: TerminationReceipt | None, log: LogSummary
    ) -> None:
        reference = self._workshop.new_reference()
        lost = WorkerLost(assignment.job.id, reference, receipt, log, stop=self._stop)
        await self._report(lost)

    async def _attempt(
        self, assignment: Assignment, step: Step, outputs: Outputs
    ) -> tuple[StepResult, LogSummary]:
        plan = assignment.step_plan(step)
        masking = self._masking(secrets_known(assignment, plan, outputs))
        log = self._workshop.log(step.task_id, step.id, step.attempts, masking)
        self._running = running = RunningStep(step, plan)
        if (order := self._ordered.get(step.id)) is not None:
            running.obey(order)
        try:
            result = await running.result_of(self._call(assignment, running, outputs, log))
        finally:
            self._running = None
        result = redacted(result, masking)
        reach(Failpoint.STEP_ENDED)
        closed = await self._persistence.until_taken(lambda: _closed(log))
        if (deliver := self._workshop.deliver) is not None:
            name = LogName(step.task_id, step.id, step.attempts)
            await self._persistence.until_taken(lambda: deliver(name, closed))
        reach(Failpoint.STEP_LOG_CLOSED)
        return result, closed

    async def _call(
        self, assignment: Assignment, running: RunningStep, outputs: Outputs, log: StepLog
    ) -> StepResult:
        try:
            call = assembled_call(
                self._workshop,
                assignment,
                running.step,
                outputs,
                output=log,
                stop=running.stop,
                spawn=self._spawn,
            )
            try:
                return await self._workshop.runners[type(call.action)].run(call)
            finally:
                discard_outputs(call.outputs_file)
        except UnknownReferenceError as error:
            return StepResult(outcome=Failed(message=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the attempt ends with it
            return StepResult(outcome=self._errored(error))

    def _masking(self, secrets: frozenset[str]) -> Masking:
        """Most steps of a job know the same secrets."""
        masking = self._maskings.get(secrets)
        if masking is None:
            masking = self._maskings[secrets] = Masking(secrets)
        return masking

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


def _ended(
    assignment: Assignment,
    step: Step,
    result: StepResult,
    log: LogSummary,
    removed: Outcome | None,
) -> StepEnded:
    return StepEnded(
        job_id=assignment.job.id,
        claim=assignment.claim,
        step_id=step.id,
        attempt=step.attempts,
        outcome=result.outcome,
        receipt=result.receipt,
        log=log,
        removed=removed,
    )
