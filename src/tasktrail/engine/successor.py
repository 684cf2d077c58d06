"""A waiting job that is to take the place of one that is about to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tasktrail.actions.assignment import Assignment, claim_job
from tasktrail.actions.ledger import Ledger
from tasktrail.engine.workshop import Workshop
from tasktrail.model.happening import StepEnded
from tasktrail.model.status import Status
from tasktrail.runners.workspace import remove_empty_workspace


class Successor:
    """Claimed in the very transaction that ends the job before it, so that between the two is one
    commit instead of two.

    `put_back` is told when it was not claimed after all: it waits for its turn as before.
    """

    def __init__(
        self,
        workshop: Workshop,
        turn: tuple[int, int, bool],
        predecessor: int,
        put_back: Callable[[Successor], None],
    ) -> None:
        self.task_id, self._job_id, self._new = turn
        self.predecessor = predecessor
        """The job whose place it takes."""
        self.claim_token = workshop.new_reference()
        self.assignment: Assignment | None = None
        self.used = False
        """Whether the job is being carried out."""
        self._workshop = workshop
        self._put_back = put_back
        self._prepared = False

    def claim(self, ledger: Ledger, ended: StepEnded) -> None:
        """Claim it if the job before it has ended with this, and has made no older one ready."""
        self._forget()
        if not _leaves_its_place(ledger, ended):
            return
        prepared = self._workshop.system.prepared(self._workspace) if self._new else None
        self._prepared = self._new
        self.assignment = claim_job(ledger, self.task_id, self._job_id, self.claim_token, prepared)

    def settle(self) -> None:
        """The transaction is over, kept or not."""
        if not self.used:
            self._put_back(self)
            self._forget()

    def _forget(self) -> None:
        """Undo what a transaction that is done again, or failed, did outside the store."""
        self.assignment = None
        if self._prepared:
            remove_empty_workspace(self._workspace)
            self._prepared = False

    @property
    def _workspace(self) -> Path:
        return self._workshop.workspace(self.task_id, self._job_id)


def _leaves_its_place(ledger: Ledger, ended: StepEnded) -> bool:
    for decided in ledger.decided:
        jobs = decided.changes.jobs
        if ended.job_id in jobs:
            ready = any(job.status is Status.QUEUED for job in jobs.values())
            return jobs[ended.job_id].status.final and not ready
    return False
