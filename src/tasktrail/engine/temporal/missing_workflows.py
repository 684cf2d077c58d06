"""Finds tasks that have not ended and have no workflow any more, and has it started again."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from tasktrail.engine.temporal.calls import control_queue
from tasktrail.errors import StoreUnavailableError
from tasktrail.store.outbox import call_for, live_longer_than
from tasktrail.store.store import Store

BETWEEN_LOOKS = 40.0
"""Seconds: with what it takes a cluster to show that a workflow is gone, and somebody to tell of
the task, less than a minute."""

YOUNGEST = 30.0
"""Seconds of a task before its workflow has to be there, and to be seen."""

_PAGE = 1000
_PATIENCE = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class MissingWorkflows:
    """Compares the tasks that have not ended with the open workflows, again and again.

    Nothing else would: what was decided about a task was told, and nobody decides any more. Who
    terminates a workflow, or restores a cluster, tells nobody. A task that is taken for one without
    a workflow is looked at once too often, and nothing else; several processes may do this.
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
                await self.look(YOUNGEST)
            except (RPCError, StoreUnavailableError) as error:
                _log.warning("workflows that are gone were not looked for: %s", error)
            except Exception:  # noqa: BLE001 - without it, nobody would ever look again
                _log.exception("workflows that are gone were not looked for")

    async def look(self, youngest: float) -> None:
        """Have those tasks looked at that were made `youngest` seconds ago, or before, and have no
        workflow; whoever sweeps up what is to be told starts it.

        Raises:
            RPCError: the cluster does not answer.
            StoreUnavailableError: the records do not answer.
        """
        # Before the workflows: the end of a task is recorded before that of its workflow.
        live = await self._store.read(lambda one: live_longer_than(one, youngest))
        missing = live - await self._open() if live else live
        if missing:
            called = await self._store.write(lambda one: call_for(one.connection, missing))
            if called:
                _log.warning("%d tasks have no workflow any more: it is started again", called)

    async def _open(self) -> set[int]:
        """The tasks of which there are workflows that have not ended."""
        running = f'TaskQueue = "{self._queue}" AND ExecutionStatus = "Running"'
        found = self._client.list_workflows(running, page_size=_PAGE, rpc_timeout=_PATIENCE)
        return {int(one.id.rpartition("-")[2]) async for one in found}
