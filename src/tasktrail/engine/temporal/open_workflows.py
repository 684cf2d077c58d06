"""Compares tasks with open workflows: one that has not ended needs one, one that has needs none."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from tasktrail.engine.temporal.calls import control_queue
from tasktrail.errors import StoreUnavailableError
from tasktrail.store.outbox import call_for, call_for_ended, live_longer_than
from tasktrail.store.store import Store

BETWEEN_LOOKS = 40.0
"""Seconds: with what it takes a cluster to show that a workflow is gone, and somebody to tell of
the task, less than a minute."""

SETTLED = 30.0
"""Seconds after which the workflow of a new task has to be there, and that of a task that has ended
has to be gone, and to be seen so."""

_PAGE = 1000
_PATIENCE = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class OpenWorkflows:
    """Finds tasks that have not ended and have no workflow any more, and tasks that have ended and
    whose workflow waits nevertheless, again and again.

    Nothing else would: what was decided about a task was told, and nobody decides any more. Who
    terminates a workflow, or restores a cluster, tells nobody. And a start that took so long that
    the end of its task came before it gives workers of that pool a job, for which it waits. A task
    that is found for nothing is looked at once too often, and nothing else; several processes may
    do this.
    """

    def __init__(self, client: Client, installation: str, store: Store) -> None:
        self._client = client
        self._queue = control_queue(installation)
        self._store = store

    async def watch(self) -> None:
        """Look every `BETWEEN_LOOKS` seconds."""
        while True:
            await asyncio.sleep(BETWEEN_LOOKS)
            try:
                await self.look(SETTLED)
            except (RPCError, StoreUnavailableError) as error:
                _log.warning("workflows were not compared with tasks: %s", error)
            except Exception:  # noqa: BLE001 - without it, nobody would ever look again
                _log.exception("workflows were not compared with tasks")

    async def look(self, settled: float) -> None:
        """Have those tasks looked at that began `settled` seconds ago, or before, and have no
        workflow, and those that ended as long ago, and have one; whoever sweeps up what is to be
        told does so.

        Raises:
            RPCError: the cluster does not answer.
            StoreUnavailableError: the records do not answer.
        """
        # Before the workflows: the end of a task is recorded before that of its workflow.
        live = await self._store.read(lambda one: live_longer_than(one, settled))
        found = await self._open()
        if missing := live - found:
            called = await self._store.write(lambda one: call_for(one.connection, missing))
            if called:
                _log.warning("%d tasks have no workflow any more: it is started again", called)
        if others := found - live:
            called = await self._store.write(
                lambda one: call_for_ended(one.connection, others, settled)
            )
            if called:
                _log.warning("%d workflows wait though their tasks have ended: told so", called)

    async def _open(self) -> set[int]:
        """The tasks of which there are workflows that have not ended."""
        running = f'TaskQueue = "{self._queue}" AND ExecutionStatus = "Running"'
        found = self._client.list_workflows(running, page_size=_PAGE, rpc_timeout=_PATIENCE)
        return {int(one.id.rpartition("-")[2]) async for one in found}
