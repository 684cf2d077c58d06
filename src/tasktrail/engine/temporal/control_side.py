"""The control side of the Temporal engine: decides, and carries nothing out itself."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tasktrail.actions.ledger import Decided
from tasktrail.engine.temporal.calls import control_queue
from tasktrail.engine.temporal.looking import Looking
from tasktrail.engine.temporal.nudging import Nudging
from tasktrail.engine.temporal.workflow import TaskWorkflow

_MOST_LOOKS = 16
"""Looks at once: as many as the store has connections for, twice."""

_MOST_WORKFLOWS = 2 * _MOST_LOOKS
"""Workflows at once. Each waits for a look, and is taken away from who keeps it waiting for ten
seconds; what waits at the cluster instead may wait."""

_PATIENCE = timedelta(seconds=5)
"""How long what was begun may take when it leaves."""

_BEFORE_NEXT_TRY = 5.0

_log = logging.getLogger(__name__)


class ControlSide:
    """Runs the workflows of tasks. Several of them work side by side."""

    def __init__(
        self, client: Client, installation: str, looking: Looking, nudging: Nudging
    ) -> None:
        self._client = client
        self._queue = control_queue(installation)
        self._looking = looking
        self._nudging = nudging
        self._running: list[asyncio.Task[None]] = []

    def follow(self, decided: Decided) -> None:
        """See `Nudging.follow`."""
        self._nudging.follow(decided)

    def start(self) -> None:
        """Work from now on."""
        for work in (self._work(), self._nudging.sweep_up()):
            self._running.append(asyncio.ensure_future(work))

    async def stop(self) -> None:
        """Finish what was begun, and leave the rest to others."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                await self._nudging.aclose()
        for work in self._running:
            work.cancel()
        for work in self._running:
            with suppress(asyncio.CancelledError):
                await work

    async def _work(self) -> None:
        """Whatever ends a worker (a namespace that is gone, say) may pass."""
        while True:
            try:
                await self._new_worker().run()
            except Exception:  # noqa: BLE001 - it is logged, and tried again
                _log.exception("no workflows are run for the moment")
            await asyncio.sleep(_BEFORE_NEXT_TRY)

    def _new_worker(self) -> Worker:
        return Worker(
            self._client,
            task_queue=self._queue,
            workflows=[TaskWorkflow],
            activities=[self._looking.look],
            # The workflow is deterministic by what it does; loading it anew for every task would
            # take longer than all that it does.
            workflow_runner=UnsandboxedWorkflowRunner(),
            no_remote_activities=True,
            max_concurrent_workflow_tasks=_MOST_WORKFLOWS,
            max_concurrent_local_activities=_MOST_LOOKS,
            graceful_shutdown_timeout=_PATIENCE,
        )
