"""The decisions that an engine brings about, each of them made however long the store is away."""

from __future__ import annotations

from tasktrail.actions.assignment import Assignment, claim_job, end_step
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.library import Library
from tasktrail.actions.submit_spawned import SpawnWish, submit_spawned
from tasktrail.engine.persistence import Persistence
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.happening import CancelAsked, Happening, StepEnded, WorkerLost
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.step import Step


class PersistentDecisions:
    """What has happened is written down, however late.

    Every call raises `StoreUnavailableError` only once the engine leaves.
    """

    def __init__(self, decisions: Decisions, library: Library, persistence: Persistence) -> None:
        self._decisions = decisions
        self._library = library
        self._persistence = persistence

    async def claim(
        self, task_id: int, job_id: int, claim: str, prepared: Outcome | None
    ) -> tuple[Assignment | None, Job]:
        """Take a job; also the job as it is then. `prepared`: see `claim_job`."""

        def claimed(ledger: Ledger) -> tuple[Assignment | None, Job]:
            assignment = claim_job(ledger, task_id, job_id, claim, prepared)
            return assignment, ledger.state(task_id).jobs[job_id]

        return await self._persistence.until_taken(lambda: self._decisions.make(claimed))

    async def report(
        self,
        task_id: int,
        claim: str,
        ended: StepEnded | WorkerLost,
    ) -> Step | None:
        """Report under a claim; the step that comes next, if any."""

        def settle(ledger: Ledger) -> Step | None:
            if isinstance(ended, StepEnded):
                return end_step(ledger, task_id, ended)
            if ledger.state(task_id).jobs[ended.job_id].claim == claim:
                ledger.happen(task_id, ended)
            return None

        return await self._persistence.until_taken(lambda: self._decisions.make(settle))

    async def spawn(self, wish: SpawnWish) -> int:
        """Submit a task for a step; its id."""
        reach(Failpoint.SPAWN_WISHED)
        task_id = await self._persistence.until_taken(
            lambda: submit_spawned(self._decisions, self._library, wish)
        )
        reach(Failpoint.SPAWN_SUBMITTED)
        return task_id

    async def cancel_spawned(self, origin_task_id: int, task_id: int, *, forced: bool) -> None:
        """See `SpawnedTasks`: in the name of who cancels the origin, or else who submitted it."""

        def ask(ledger: Ledger) -> None:
            origin = ledger.state(origin_task_id).task
            cancel = origin.cancel
            by = cancel.by if cancel is not None else origin.author
            reason = cancel.reason if cancel is not None else None
            ledger.happen(task_id, CancelAsked(by=by, forced=forced, reason=reason))

        await self._persistence.until_taken(lambda: self._decisions.make(ask))

    async def happen(self, task_id: int, happening: Happening) -> None:
        """Decide what follows from `happening`."""
        await self._persistence.until_taken(lambda: self._decisions.happen(task_id, happening))
