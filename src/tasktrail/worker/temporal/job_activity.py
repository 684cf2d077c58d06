"""The activity that carries out a job: signs of life, orders to stop, and the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from temporalio import activity
from temporalio.client import AsyncActivityCancelledError, AsyncActivityHandle, Client
from temporalio.service import RPCError, RPCStatusCode

from tasktrail.actions.work.held_job import HeldJob
from tasktrail.engine.temporal.calls import CARRY_OUT_JOB, JobCall
from tasktrail.errors import (
    NotAllowedError,
    NotSignedInError,
    RefusedError,
    StoreUnavailableError,
)
from tasktrail.log_context import about
from tasktrail.worker.job_run import JobRun, Tools
from tasktrail.worker.lease import HEARTBEAT, Lease
from tasktrail.worker.temporal.job_end import ANSWER, JobEnd
from tasktrail.worker.temporal.job_slots import JobSlots

_WATCHED_EVERY = 0.25
"""Seconds between two looks at a lease."""

_log = logging.getLogger(__name__)


class JobActivity:
    """Carries out the jobs that Temporal gives to this worker.

    An activity is handed over to a task of the event loop and completed from there: so each sign
    of life is known to have been heard or not, and a slot is given back when the job says so.
    `refused` is told when the API does not know this worker any more.
    """

    def __init__(
        self, client: Client, tools: Tools, slots: JobSlots, refused: Callable[[RefusedError], None]
    ) -> None:
        self._client = client
        self._tools = tools
        self._slots = slots
        self._refused = refused
        self._end = JobEnd(client)
        self._runs: dict[asyncio.Task[None], JobRun] = {}

    @activity.defn(name=CARRY_OUT_JOB)
    async def carry_out_job(self, call: JobCall) -> None:
        """Begin with a job. What becomes of it is told to the API, and its end to Temporal."""
        token = activity.info().task_token
        lease = Lease()
        run = JobRun(self._tools, HeldJob(call.task_id, call.job_id, call.claim), lease, token)
        with about(task=call.task_id, job=call.job_id):
            carrying_out = asyncio.get_running_loop().create_task(
                self._carry_out(run, lease, token)
            )
        self._runs[carrying_out] = run
        carrying_out.add_done_callback(self._forget)
        activity.raise_complete_async()

    async def end(self, patience: float) -> None:
        """Give what runs `patience` seconds to end by itself, then stop it; return when nothing
        runs."""
        for run in self._runs.values():
            run.wait_no_more()
        if self._runs and patience > 0:
            await asyncio.wait(self._runs, timeout=patience)
        self._tools.persistence.leave()
        for run in self._runs.values():
            run.abandon()
        if self._runs:
            await asyncio.wait(self._runs)

    def fence_all(self) -> None:
        """End everything at once."""
        for run in self._runs.values():
            run.fence()

    async def _carry_out(self, run: JobRun, lease: Lease, token: bytes) -> None:
        handle = self._client.get_async_activity_handle(task_token=token)
        with self._slots.occupied():
            living = asyncio.ensure_future(_live(run, lease, handle))
            watching = asyncio.ensure_future(_watch(run, lease))
            try:
                await run.carry_out()
            except (NotSignedInError, NotAllowedError) as error:
                self._refused(error)
            except StoreUnavailableError as error:
                _log.warning("the job is left to the next start: %s", error)
                return
            finally:
                living.cancel()
                watching.cancel()
        await self._end.left(token, task_ended=run.task_ended)

    def _forget(self, carried_out: asyncio.Task[None]) -> None:
        del self._runs[carried_out]
        if not carried_out.cancelled() and carried_out.exception() is not None:
            # Without signs of life the job is settled as one that lost its worker.
            _log.error("a job could not be carried out", exc_info=carried_out.exception())


async def _live(run: JobRun, lease: Lease, handle: AsyncActivityHandle) -> None:
    """Give signs of life, and hear what comes back."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        given_at = lease.now()
        try:
            await handle.heartbeat(rpc_timeout=ANSWER)
            lease.prolong(given_at)
        except AsyncActivityCancelledError:
            lease.prolong(given_at)
            run.obey()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                run.fence()
                return
            _log.warning("Temporal does not hear this worker: %s", error.message)


async def _watch(run: JobRun, lease: Lease) -> None:
    while True:
        await asyncio.sleep(_WATCHED_EVERY)
        if lease.expired:
            run.fence()
            return
