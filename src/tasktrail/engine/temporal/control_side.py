"""The control side of the Temporal engine: decides, and carries nothing out itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tasktrail.actions.ledger import Decided
from tasktrail.engine.temporal.calls import control_queue
from tasktrail.engine.temporal.looking import Looking
from tasktrail.engine.temporal.nudging import Nudging
from tasktrail.engine.temporal.open_workflows import OpenWorkflows
from tasktrail.engine.temporal.polling import Polling
from tasktrail.engine.temporal.workflow import TaskWorkflow

_MOST_LOOKS = 16
"""Looks at once: as many as the store has connections for, twice."""

_MOST_WORKFLOWS = 2 * _MOST_LOOKS
"""Workflows at once. Each waits for a look, and is taken away from who keeps it waiting for ten
seconds; what waits at the cluster instead may wait."""

_PATIENCE = timedelta(seconds=5)
"""How long what was begun may take when it leaves."""


class ControlSide:
    """Runs the workflows of tasks. Several of them work side by side. `connect` makes one more
    connection like `client`."""

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[Client]],
        installation: str,
        looking: Looking,
        nudging: Nudging,
        workflows: OpenWorkflows,
    ) -> None:
        self._queue = control_queue(installation)
        self._looking = looking
        self._nudging = nudging
        self._workflows = workflows
        self._polling = Polling(client, connect, self._new_worker, "no workflows are run")
        self._running: list[asyncio.Task[None]] = []

    @property
    def problem(self) -> str | None:
        """Why no workflows are run at the moment; None while they are."""
        return self._polling.problem

    def follow(self, decided: Decided) -> None:
        """See `Nudging.follow`."""
        self._nudging.follow(decided)

    def start(self) -> None:
        """Work from now on."""
        for work in (self._polling.run(), self._nudging.sweep_up(), self._workflows.watch()):
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

    def _new_worker(self, client: Client) -> Worker:
        self._nudging.use(client)
        return Worker(
            client,
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
