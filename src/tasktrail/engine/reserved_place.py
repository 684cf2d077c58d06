"""A free place that is kept for a task which is about to be accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.actions.assignment import Assignment, claim_job
from tasktrail.actions.ledger import Ledger
from tasktrail.engine.workshop import Workshop
from tasktrail.model.status import Status
from tasktrail.runners.workspace import remove_empty_workspace


class ReservedPlace:
    """A Reservation. `give_back` is told of the end, and of whether the place was used."""

    def __init__(self, workshop: Workshop, give_back: Callable[[ReservedPlace], None]) -> None:
        self.claim_token = workshop.new_reference()
        self.assignment: Assignment | None = None
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.used = False
        """Whether the job that was claimed is being carried out."""
        self._workshop = workshop
        self._give_back = give_back
        self._job: tuple[int, int] | None = None

    def claim(self, ledger: Ledger, task_id: int) -> None:
        """See `Reservation`.

        A task that was there before (a spawn asked for again) has had its jobs offered already.
        """
        self._forget()
        if task_id not in ledger.entered:
            return
        jobs = ledger.state(task_id).jobs.values()
        ready = next((job for job in jobs if job.status is Status.QUEUED), None)
        if ready is None:
            return
        self._job = task_id, ready.id
        prepared = self._workshop.system.prepared(self._workshop.workspace(*self._job))
        self.assignment = claim_job(ledger, task_id, ready.id, self.claim_token, prepared)

    def settle(self) -> None:
        """See `Reservation`."""
        self._give_back(self)
        if not self.used:
            self._forget()
        self.settled.set_result(None)

    def _forget(self) -> None:
        """Undo what a transaction that is done again, or failed, did outside the store.

        The next try gives the task another id, and its job another workspace.
        """
        self.assignment = None
        if self._job is not None:
            remove_empty_workspace(self._workshop.workspace(*self._job))
            self._job = None
