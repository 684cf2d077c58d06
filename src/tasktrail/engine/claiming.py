"""Takes the jobs whose turn it is."""

from __future__ import annotations

import logging
from collections.abc import Callable

from tasktrail.actions.assignment import Assignment
from tasktrail.engine.claim_back_off import ClaimBackOff
from tasktrail.engine.lane import Lane
from tasktrail.engine.persistent_decisions import PersistentDecisions
from tasktrail.engine.workshop import Workshop
from tasktrail.errors import StoreUnavailableError
from tasktrail.runners.workspace import remove_empty_workspace

_log = logging.getLogger(__name__)


class Claiming:
    """Claims jobs; one that cannot be claimed is given to `put_back` after a while.

    That is told the task, the job, its lane, and whether the job is new; the execution that could
    not claim it may still be ending then.
    """

    def __init__(
        self,
        workshop: Workshop,
        durably: PersistentDecisions,
        put_back: Callable[[int, int, Lane, bool], None],
    ) -> None:
        self._workshop = workshop
        self._durably = durably
        self._put_back = put_back
        self._failed = ClaimBackOff()

    async def claim(
        self, task_id: int, job_id: int, claim: str, lane: Lane, *, new: bool
    ) -> Assignment | None:
        """Take the job, a new one with its workspace made already; None if it is not to be had.

        Raises:
            StoreUnavailableError: the engine leaves.
        """
        workspace = self._workshop.workspace(task_id, job_id)
        prepared = self._workshop.system.prepared(workspace) if new else None
        try:
            assignment, job = await self._durably.claim(task_id, job_id, claim, prepared)
        except StoreUnavailableError:
            raise
        except Exception:
            wait = self._failed.put_back(job_id, lambda: self._put_back(task_id, job_id, lane, new))
            _log.error("job %s could not be claimed; trying again in %.0f s", job_id, wait)
            raise
        self._failed.forget(job_id)
        if assignment is None and job.status.final:
            remove_empty_workspace(workspace)
        return assignment

    def close(self) -> None:
        """Offer nothing any more."""
        self._failed.close()
