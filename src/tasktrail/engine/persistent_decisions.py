"""The decisions that an engine brings about, each of them made however long the store is away."""

from __future__ import annotations

import logging

from tasktrail.actions.assignment import Assignment, claim_job, end_step
from tasktrail.actions.cancel_spawned import cancel_spawned
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.library import Library
from tasktrail.actions.submit_spawned import SpawnWish, submit_spawned
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.successor import Successor
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.happening import Happening, StepEnded, WorkerLost
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.step import Step

_log = logging.getLogger(__name__)


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

    async def report_end(
        self, task_id: int, claim: str, ended: StepEnded, successor: Successor
    ) -> Step | None:
        """Report what is likely to be the end of a job, and claim its successor with it.

        That is tried once: whatever is wrong with the successor, the report does not wait for it.
        """

        def settle(ledger: Ledger) -> Step | None:
            # In one order always: who has one of them and waits for the other would wait for ever.
            for touched in sorted({task_id, successor.task_id}):
                ledger.state(touched)
            step = end_step(ledger, task_id, ended)
            successor.claim(ledger, ended)
            return step

        try:
            return await self._decisions.make(settle)
        except Exception:  # noqa: BLE001 - whatever it is, it is met again without the successor
            _log.debug("a job was not claimed with the end of another one", exc_info=True)
        finally:
            successor.settle()
        return await self.report(task_id, claim, ended)

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
            cancel_spawned(ledger, origin_task_id, task_id, forced=forced)

        await self._persistence.until_taken(lambda: self._decisions.make(ask))

    async def happen(self, task_id: int, happening: Happening) -> None:
        """Decide what follows from `happening`."""
        await self._persistence.until_taken(lambda: self._decisions.happen(task_id, happening))
