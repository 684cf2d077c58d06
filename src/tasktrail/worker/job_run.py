"""One job in the hands of a worker: from its claim to its last report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.engine.job_execution import JobExecution
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.spawn_runner import SpawnRunner
from tasktrail.engine.workshop import Workshop
from tasktrail.errors import (
    NotAllowedError,
    NotSignedInError,
    RefusedError,
    StaleClaimError,
    StoreUnavailableError,
)
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.plan import SpawnAction
from tasktrail.model.step import Step
from tasktrail.runners.workspace import remove_empty_workspace
from tasktrail.worker.held_jobs import HeldJobs, Note
from tasktrail.worker.lease import Lease
from tasktrail.worker.remote_spawns import RemoteSpawns
from tasktrail.worker.shipped_log import ShippedLogs
from tasktrail.worker.work_api import WorkApi

ASKED_EVERY = 0.5
"""Seconds between two questions for orders, once there may be some."""

UNANSWERED = 5.0
"""Seconds without an answer after which a job is stopped all the same."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the jobs of a worker share. `waiting` is entered while a job needs no slot."""

    workshop: Workshop
    api: WorkApi
    persistence: Persistence
    held_jobs: HeldJobs
    waiting: Callable[[], AbstractContextManager[None]]


class JobRun:
    """Claims a job and carries it out, for as long as its lease lasts.

    Stops may be asked for at any time, also before the job is claimed. `token` is what Temporal
    knows it by.
    """

    def __init__(self, tools: Tools, held: HeldJob, lease: Lease, token: bytes = b"") -> None:
        self._tools = tools
        self._held = held
        self._lease = lease
        self._token = token
        self._logs = ShippedLogs(tools.api, tools.workshop.logs, held)
        spawns = RemoteSpawns(tools.api, tools.persistence, held, tools.waiting)
        runners = {**tools.workshop.runners, SpawnAction: SpawnRunner(spawns)}
        self._workshop = replace(
            tools.workshop, runners=runners, hub=self._logs, deliver=self._logs.deliver
        )
        self._execution = JobExecution(
            self._workshop, self._report, spawns.spawn, tools.persistence
        )
        self._asking: asyncio.Task[None] | None = None
        self._fenced = asyncio.Event()

    def obey(self) -> None:
        """There may be orders to stop: ask for them from now on, and obey."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask_for_stops())

    def abandon(self) -> None:
        """The worker leaves: stop, and have the job settled as one that lost its worker."""
        self._execution.abandon()

    def fence(self) -> None:
        """The job may be somebody else's: end all of it at once."""
        if not self._fenced.is_set():
            _log.warning("job %s is given up: it may be somebody else's", self._held.job_id)
            self._fenced.set()
        self._execution.abandon(at_once=True)

    async def carry_out(self) -> None:
        """Return once nothing of the job is left to do for this worker.

        Raises:
            NotSignedInError, NotAllowedError: the API does not know this worker any more.
            StoreUnavailableError: the worker leaves, and the API does not answer: the next life
                tells what became of the job.
        """
        try:
            assignment = await self._claimed()
            if assignment is not None:
                self._tools.held_jobs.keep(Note(self._held, self._token))
                await self._execution.carry_out(assignment)
            self._tools.held_jobs.forget(self._held)
        except (NotSignedInError, NotAllowedError):
            raise
        except (StaleClaimError, RefusedError) as error:
            _log.warning("job %s: %s", self._held.job_id, error)
            self._logs.discard()
            self._tools.held_jobs.forget(self._held)
        finally:
            self._logs.leave()
            if self._asking is not None:
                self._asking.cancel()

    async def _claimed(self) -> Assignment | None:
        """Nobody waits for the API with a job that may be somebody else's by then."""
        held, workshop = self._held, self._workshop
        workspace = workshop.workspace(held.task_id, held.job_id)
        prepared = workshop.system.prepared(workspace)
        claiming = asyncio.ensure_future(
            self._tools.persistence.until_taken(lambda: self._tools.api.claim(held, prepared))
        )
        fenced = asyncio.ensure_future(self._fenced.wait())
        try:
            await asyncio.wait((claiming, fenced), return_when=asyncio.FIRST_COMPLETED)
            if claiming.done():
                assignment = await claiming
            else:
                raise StaleClaimError("it was not claimed in time")
        finally:
            claiming.cancel()
            fenced.cancel()
        if assignment is None:
            remove_empty_workspace(workspace)
        return assignment

    async def _report(self, ended: StepEnded | WorkerLost) -> Step | None:
        api = self._tools.api
        step = await self._tools.persistence.until_taken(lambda: api.report(self._held, ended))
        if self._lease.expired:
            self.fence()
        return step

    async def _ask_for_stops(self) -> None:
        loop = asyncio.get_running_loop()
        answered = loop.time()
        while True:
            try:
                for stop in await self._tools.api.stops(self._held):
                    self._execution.order_stop(stop)
                answered = loop.time()
            except StoreUnavailableError:
                if loop.time() - answered > UNANSWERED:
                    self._execution.abandon()
            except (StaleClaimError, RefusedError):
                self.fence()
                return
            await asyncio.sleep(ASKED_EVERY)
