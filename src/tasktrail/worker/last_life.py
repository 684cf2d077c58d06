"""What an earlier life of this worker left behind: settled as soon as the API answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tasktrail.actions.work.held_job import HeldJob
from tasktrail.engine.persistence import Persistence
from tasktrail.errors import RefusedError, StaleClaimError
from tasktrail.logs.place import LogName, LogPlace
from tasktrail.logs.recovery import recover
from tasktrail.model.happening import WorkerLost
from tasktrail.model.step import LogSummary
from tasktrail.worker.held_jobs import HeldJobs
from tasktrail.worker.shipped_log import ShippedLog
from tasktrail.worker.work_api import WorkApi

_log = logging.getLogger(__name__)


class LastLife:
    """The jobs that were held, and the logs that had not arrived. Their processes are gone.

    `left` tells Temporal, by a token, that a job has left this worker.
    """

    def __init__(
        self,
        api: WorkApi,
        place: LogPlace,
        held_jobs: HeldJobs,
        persistence: Persistence,
        new_reference: Callable[[], str],
        left: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self._api = api
        self._place = place
        self._held_jobs = held_jobs
        self._persistence = persistence
        self._new_reference = new_reference
        self._left = left
        self._jobs = held_jobs.all()
        self._logs = list(place.names())

    async def settle(self) -> None:
        """Bring the logs to where they are read, and report each job as lost.

        What is somebody else's by now is removed: others have settled it.

        Raises:
            RefusedError: the API does not know this worker.
            StoreUnavailableError: the worker leaves before the API has answered.
        """
        for note in self._jobs:
            held = note.held
            log = await self._delivered(held)
            lost = WorkerLost(held.job_id, self._new_reference(), log=log)
            try:
                await self._persistence.until_taken(
                    lambda held=held, lost=lost: self._api.report(held, lost)
                )
            except (StaleClaimError, RefusedError) as error:
                _log.info("job %s of the last life: %s", held.job_id, error)
            self._held_jobs.forget(held)
            await self._left(note.token)
        for name in self._logs:
            self._place.remove(name)
        if self._jobs:
            _log.warning("%d jobs were lost with the last life", len(self._jobs))

    async def _delivered(self, held: HeldJob) -> LogSummary:
        """The log of the attempt at which the job was, wherever it had not arrived yet."""
        for name in [one for one in self._logs if one.task_id == held.task_id]:
            summary = await asyncio.to_thread(_recovered, self._place, name)
            log = ShippedLog(self._api, self._place, held, name)
            try:
                await self._persistence.until_taken(
                    lambda log=log, summary=summary: log.complete(summary)
                )
            except StaleClaimError:
                continue  # of another job of the task, or over
            self._logs.remove(name)
            return summary
        return LogSummary()


def _recovered(place: LogPlace, name: LogName) -> LogSummary:
    return recover(place.path(*name), compacts=False)
