"""One job in the hands of a worker: from its claim to its last report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.work.held_job import BackedOffError, HeldJob
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
from tasktrail.runners.workspace import remove_empty_workspace, remove_workspace
from tasktrail.worker.api_watch import ApiWatch
from tasktrail.worker.claim_patience import ClaimPatience
from tasktrail.worker.held_jobs import HeldJobs, Note
from tasktrail.worker.lease import Lease
from tasktrail.worker.remote_spawns import RemoteSpawns
from tasktrail.worker.shipped_log import ShippedLogs
from tasktrail.worker.work_api import WorkApi

ASKED_EVERY = 0.5
"""Seconds between two questions for orders, once there may be some."""

ORDERS_UNANSWERED = 5.0
"""Seconds in which no question for orders is answered, after which a job is stopped all the same:
there was word that there may be some."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the jobs of a worker share. `waiting` is entered while a job needs no slot."""

    workshop: Workshop
    api: WorkApi
    watch: ApiWatch
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
        spawns = RemoteSpawns(tools.api, tools.persistence, held, tools.waiting, self._obey_orders)
        runners = {**tools.workshop.runners, SpawnAction: SpawnRunner(spawns)}
        self._workshop = replace(
            tools.workshop,
            runners=runners,
            hub=self._logs,
            deliver=self._logs.deliver,
            # Its own: the job may be given to this worker again before this has quite ended.
            workspaces=tools.workshop.workspaces / held.claim,
        )
        self._execution = JobExecution(
            self._workshop, self._report, spawns.spawn, tools.persistence
        )
        self._asking: asyncio.Task[None] | None = None
        self.backed_off = False
        """Whether the job is nobody's until a step of it is tried again."""
        self.task_ended = False
        """Whether the task has ended with the last report about the job."""
        self._leaving = False
        self._over = asyncio.Event()

    def obey(self) -> None:
        """There may be orders to stop: ask for them from now on, and obey."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask_for_stops())

    def wait_no_more(self) -> None:
        """The worker is about to leave: others are to have the job once it backs off."""
        self._leaving = True
        if self.backed_off:
            self._over.set()

    def abandon(self) -> None:
        """The worker leaves: stop, and have the job settled as one that lost its worker."""
        self.wait_no_more()
        self._execution.abandon()

    def fence(self) -> None:
        """The job may be somebody else's: end all of it at once."""
        if not self._over.is_set():
            _log.warning("job %s is given up: it may be somebody else's", self._held.job_id)
            self._over.set()
        self._execution.abandon(at_once=True)

    async def carry_out(self) -> None:
        """Return once nothing of the job is left to do for this worker.

        A job that backs off is kept: it goes on in the workspace that it has.

        Raises:
            NotSignedInError, NotAllowedError: the API does not know this worker any more.
            StoreUnavailableError: the worker leaves, and the API does not answer: the next life
                tells what became of the job.
        """
        try:
            assignment = await self._claimed(self._first_claim())
            while assignment is not None:
                self._tools.held_jobs.keep(Note(self._held, self._token))
                await self._execution.carry_out(assignment)
                assignment = await self._claimed_after_back_off()
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
            await self._remove_workspace()

    async def _claimed_after_back_off(self) -> Assignment | None:
        """The job once more, where a step of it is tried again; nobody else has its workspace."""
        if not self.backed_off or self._leaving or self._over.is_set():
            return None
        with self._tools.waiting():
            return await self._claimed(self._claim(again=True), again=True)

    async def _claimed(
        self, claim: Coroutine[Any, Any, Assignment | None], *, again: bool = False
    ) -> Assignment | None:
        """Nobody waits for the API with a job that may be somebody else's by then."""
        claiming = asyncio.ensure_future(claim)
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((claiming, over), return_when=asyncio.FIRST_COMPLETED)
            if claiming.done():
                assignment = await claiming
            elif again:
                assignment = None
            else:
                raise StaleClaimError("it was not claimed in time")
        finally:
            claiming.cancel()
            over.cancel()
        self.backed_off = False
        return assignment

    async def _first_claim(self) -> Assignment | None:
        """None also where the API is not reached: others are to have the job then."""
        try:
            return await self._claim(ClaimPatience(self._tools.watch).ends_with)
        except StoreUnavailableError as error:
            _log.warning("job %s is given back: %s", self._held.job_id, error)
            return None

    async def _claim(
        self,
        ends_with: Callable[[StoreUnavailableError], bool] = lambda _error: False,
        *,
        again: bool = False,
    ) -> Assignment | None:
        held, api, workshop = self._held, self._tools.api, self._workshop
        prepared = workshop.system.prepared(workshop.workspace(held.task_id, held.job_id))
        while True:
            with suppress(BackedOffError):
                return await self._tools.persistence.until_taken(
                    lambda: api.claim(held, prepared, again=again), ends_with
                )

    async def _remove_workspace(self) -> None:
        """Whoever goes on with the job makes one anew."""
        workspaces = self._workshop.workspaces
        if not remove_empty_workspace(workspaces) and workspaces.exists():
            with suppress(OSError):  # the next start removes it
                await asyncio.to_thread(remove_workspace, workspaces)

    async def _report(self, ended: StepEnded | WorkerLost) -> Step | None:
        api = self._tools.api
        following = await self._tools.persistence.until_taken(lambda: api.report(self._held, ended))
        self.backed_off = following.retry_in is not None
        self.task_ended = following.task_ended
        if self._lease.expired:
            self.fence()
        return following.next_step

    async def _obey_orders(self) -> None:
        for stop in await self._tools.persistence.until_taken(
            lambda: self._tools.api.stops(self._held)
        ):
            self._execution.order_stop(stop)

    async def _ask_for_stops(self) -> None:
        loop = asyncio.get_running_loop()
        answered = loop.time()
        while True:
            try:
                for stop in await self._tools.api.stops(self._held):
                    self._execution.order_stop(stop)
                answered = loop.time()
            except StoreUnavailableError:
                if loop.time() - answered > ORDERS_UNANSWERED:
                    self._execution.abandon()
            except (StaleClaimError, RefusedError):
                if not self.backed_off:
                    self.fence()
                    return
            await asyncio.sleep(ASKED_EVERY)
