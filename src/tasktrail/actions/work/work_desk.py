"""What workers ask for, one job at a time. Each answer may get lost: all may be asked for again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from tasktrail.actions.assignment import Assignment, claim_job, end_step
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.work.held_job import (
    BackedOffError,
    HeldJob,
    job_of_pool,
    own_job,
    running_attempt,
    step_of,
)
from tasktrail.actions.work.lost_log import settle_log
from tasktrail.actions.work.terms import Terms
from tasktrail.actions.work.wire import Next
from tasktrail.errors import StaleClaimError
from tasktrail.logs.log_intake import LogIntake
from tasktrail.logs.place import LogName
from tasktrail.model.changes import StopStep
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.instant import Instant, seconds_between
from tasktrail.model.outcome import Outcome
from tasktrail.model.standing_stops import standing_stops
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.step import LogSummary
from tasktrail.model.worker import Worker
from tasktrail.store.states import load_state


class WorkDesk:
    """Gives jobs of a pool to its workers, and takes what became of them.

    Beside the errors that are named, everything raises `NotFoundError` about a job that is none of
    the worker's pool, and `StoreUnavailableError` where nothing was kept.
    """

    def __init__(
        self, decisions: Decisions, bulletin: Bulletin, intake: LogIntake, terms: Terms
    ) -> None:
        self.terms = terms
        self._decisions = decisions
        self._bulletin = bulletin
        self._intake = intake

    async def claim(
        self, worker: Worker, held: HeldJob, prepared: Outcome | None, *, patience: float = 0.0
    ) -> Assignment | None:
        """Take a queued job, or once more one that was taken by this very claim; None when it is
        not to be had any more. `prepared`: see `claim_job`.

        With `patience` the end of a back-off is waited for, so many seconds at most, and nothing
        taken: a worker that is gone meanwhile must not get an attempt. One that is there asks anew.

        Raises:
            BackedOffError: it was backed off.
        """
        if patience:
            await self._wait_for_retry(worker, held, patience)

        def claimed(ledger: Ledger) -> Assignment | None:
            job_of_pool(ledger.state(held.task_id), worker, held.job_id)
            return claim_job(ledger, held.task_id, held.job_id, held.claim, prepared)

        return await self._decisions.make(claimed)

    async def report(self, worker: Worker, held: HeldJob, happened: StepEnded | WorkerLost) -> Next:
        """Take what an attempt came to; what comes next.

        Raises:
            StaleClaimError: the job is no longer this worker's. A worker that gives up what is not
                its own has just nothing left to do.
        """

        if isinstance(happened, WorkerLost) and happened.log in (None, LogSummary()):
            happened = await self._with_log(worker, held, happened)

        def settled(ledger: Ledger) -> Next:
            state = ledger.state(held.task_id)
            job = job_of_pool(state, worker, held.job_id)
            if isinstance(happened, StepEnded):
                step_of(state, held, happened.step_id)
                step = end_step(ledger, held.task_id, happened)
                after = ledger.state(held.task_id)
                return Next(
                    next_step=step,
                    retry_in=_back_off(after, held.job_id, ledger.now),
                    task_ended=after.task.status.final,
                )
            if job.claim == held.claim:
                ledger.happen(held.task_id, happened)
            return Next(next_step=None)

        return await self._decisions.make(settled)

    async def stops(self, worker: Worker, held: HeldJob) -> tuple[StopStep, ...]:
        """The steps of the job that are to be stopped.

        Raises:
            StaleClaimError: the job is no longer this worker's.
        """
        state = await self._state(held.task_id)
        own_job(state, worker, held)
        return tuple(stop for stop in standing_stops(state) if stop.job_id == held.job_id)

    async def append_log(
        self,
        worker: Worker,
        claim: str,
        name: LogName,
        offset: int,
        frames: bytes,
        end: LogSummary | None = None,
    ) -> int:
        """Keep what the log of a running attempt holds from `offset` on; how much of it is known
        now. With `end` the log is complete then, unless something before is missing.

        Raises:
            StaleClaimError: the attempt is over, or not this worker's.
            LogStoreError: it was not kept, or is not where finished logs are yet.
        """
        await self._check_attempt(worker, claim, name)
        size = await self._intake.append(name, offset, frames)
        if end is not None and size == offset + len(frames):
            await self._intake.close(name, end)
        return size

    async def _with_log(self, worker: Worker, held: HeldJob, lost: WorkerLost) -> WorkerLost:
        """A loss with what has arrived of the log: who was killed between the end of its log and
        its report knows nothing of it any more."""
        state = await self._state(held.task_id)
        if job_of_pool(state, worker, held.job_id).claim != held.claim:
            return lost
        return replace(lost, log=await settle_log(self._intake, state, held.job_id))

    async def _wait_for_retry(self, worker: Worker, held: HeldJob, patience: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        backed_off = False
        with self._bulletin.changes_of(held.task_id) as changed:
            while (wait := await self._back_off_of(worker, held)) is not None:
                backed_off = True
                if loop.time() >= until:
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await changed.wait()
                changed.clear()
        if backed_off:
            raise BackedOffError(wait or 0.0)

    async def _back_off_of(self, worker: Worker, held: HeldJob) -> float | None:
        state = await self._state(held.task_id)
        job_of_pool(state, worker, held.job_id)
        return _back_off(state, held.job_id, self._decisions.clock())

    async def _check_attempt(self, worker: Worker, claim: str, name: LogName) -> None:
        state = await self._state(name.task_id)
        step = state.steps.get(name.step_id)
        if step is None:
            raise StaleClaimError(f"there is no step {name.step_id}")
        held = HeldJob(name.task_id, step.job_id, claim)
        own_job(state, worker, held)
        running_attempt(state, held, name.step_id, name.attempt)

    async def _state(self, task_id: int) -> TaskState:
        return await self._decisions.store.read(lambda one: load_state(one, task_id))


def _back_off(state: TaskState, job_id: int, now: Instant) -> float | None:
    """Seconds until a job goes on that is backed off; None for one that is not."""
    if state.jobs[job_id].status is not Status.BACKED_OFF:
        return None
    due = [step.retry_at for step in state.steps_of(job_id) if step.retry_at is not None]
    return max(0.0, seconds_between(now, min(due, default=now)))
