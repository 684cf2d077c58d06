"""The attempt that is being carried out: its time limit, and why it was told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from tasktrail.model.changes import StopStep
from tasktrail.model.outcome import Canceled, Outcome, TimedOut, TimeLimit
from tasktrail.model.plan import SpawnAction, StepPlan
from tasktrail.model.receipt import TerminationReceipt
from tasktrail.model.step import Step
from tasktrail.runners.step_call import StepResult, StopOrder


class RunningStep:
    """One attempt at `step`. The first reason to stop it is the one that counts."""

    def __init__(self, step: Step, plan: StepPlan) -> None:
        self.step = step
        self.stop = StopOrder()
        self._plan = plan
        self._reason: Canceled | TimedOut | None = None
        self._waiting: asyncio.Future[StepResult] | None = None
        """The work of a step that does nothing itself: it waits for a spawned task."""
        self._abandoned = False

    def obey(self, order: StopStep) -> None:
        """Stop for the task's sake, or sharpen a stop that is under way."""
        if self._reason is None:
            self._reason = order.outcome
        self.stop.ask(limit=isinstance(order.outcome, TimedOut), force=order.forced)

    def abandon(self, *, at_once: bool = False) -> None:
        """Stop for the sake of the engine, `at_once` without grace. What waits for a spawned task
        just stops waiting."""
        self._abandoned = True
        if self._waiting is not None:
            self._waiting.cancel()
        else:
            self.stop.ask(force=at_once)

    async def result_of(self, work: Coroutine[Any, Any, StepResult]) -> StepResult:
        """Do `work`, within the step's time limit; a stop is given its reason as outcome."""
        timer = self._set_limit()
        try:
            result = await self._done(work)
        finally:
            if timer is not None:
                timer.cancel()
        if result.stopped and self._reason is not None:
            outcome = _named(self._reason, result.receipt)
            return StepResult(outcome=outcome, stopped=True, receipt=result.receipt)
        return result

    async def _done(self, work: Coroutine[Any, Any, StepResult]) -> StepResult:
        if not isinstance(self._plan.action, SpawnAction):
            return await work
        self._waiting = asyncio.ensure_future(work)
        try:
            return await self._waiting
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
            return StepResult(outcome=Canceled(message="the engine stopped"), stopped=True)

    def _set_limit(self) -> asyncio.TimerHandle | None:
        limit = self._plan.timeout
        if limit is None:
            return None
        return asyncio.get_running_loop().call_later(limit, self._reach_limit, limit)

    def _reach_limit(self, limit: float) -> None:
        if self._reason is None:
            message = f"the step's time limit of {limit:g} s was reached"
            self._reason = TimedOut(limit=TimeLimit.STEP, message=message)
            self.stop.ask(limit=True)


def _named(reason: Canceled | TimedOut, receipt: TerminationReceipt | None) -> Outcome:
    """The reason of a stop; what could not be stopped is part of it."""
    if receipt is None or not receipt.survived:
        return reason
    names = ", ".join(f"{process.name} ({process.pid})" for process in receipt.survived)
    message = f"{reason.message}; still running: {names}"
    if isinstance(reason, Canceled):
        return Canceled(message=message)
    return TimedOut(limit=reason.limit, message=message)
