"""A worker of a pool: takes jobs from Temporal until it is told to leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import FixedSizeSlotSupplier, Worker, WorkerTuner

from tasktrail.engine.temporal.polling import Polling
from tasktrail.errors import RefusedError
from tasktrail.worker.job_run import Tools
from tasktrail.worker.temporal.job_activity import JobActivity
from tasktrail.worker.temporal.job_slots import JobSlots

_TO_LEAVE = 10.0
"""Seconds that taking leave of Temporal may take."""

_POLLS = 2
"""Questions for a job at a time. Each may be answered with a job while this process is stopped:
that one waits then until it is noticed that there is no sign of life."""


class PoolWorker:
    """Carries out jobs of the pool whose task queue is `queue`, as many at once as there are slots.

    `connect` makes one more connection like `client`. While the API does not answer, it takes none.
    `refused` is set once the API does not know this worker any more: then all of its work is ended.
    """

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[Client]],
        queue: str,
        tools: Tools,
        slots: JobSlots,
    ) -> None:
        self._queue = queue
        self._slots = slots
        self._watch = tools.watch
        self._polling = Polling(client, connect, self._new_worker, "no jobs are taken")
        self._activity = JobActivity(client, tools, slots, self._refuse)
        self._working: list[asyncio.Task[None]] = []
        self.refused: asyncio.Future[RefusedError] = asyncio.get_running_loop().create_future()

    def start(self) -> None:
        """Take jobs from now on."""
        for work in (self._polling.run(), self._watch_api()):
            self._working.append(asyncio.ensure_future(work))

    async def stop(self, *, patience: float) -> None:
        """Take no more jobs, give those that run `patience` seconds to end, then stop them.

        What had to be stopped is settled like work that lost its worker.
        """
        for work in self._working:
            work.cancel()
        if self._working:
            await asyncio.wait(self._working, timeout=_TO_LEAVE)
        await self._activity.end(patience)

    async def _watch_api(self) -> None:
        def turned(answers: bool) -> None:
            (self._slots.open if answers else self._slots.close)()

        self._refuse(await self._watch.until_refused(turned))

    def _new_worker(self, client: Client) -> Worker:
        idle = FixedSizeSlotSupplier(1)
        return Worker(
            client,
            task_queue=self._queue,
            activities=[self._activity.carry_out_job],
            tuner=WorkerTuner.create_composite(
                workflow_supplier=idle,
                activity_supplier=self._slots,
                local_activity_supplier=idle,
                nexus_supplier=idle,
            ),
            max_concurrent_activity_task_polls=_POLLS,
            graceful_shutdown_timeout=timedelta(0),
        )

    def _refuse(self, error: RefusedError) -> None:
        if not self.refused.done():
            self.refused.set_result(error)
        self._activity.fence_all()
