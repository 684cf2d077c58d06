"""Tells the workflows of tasks that something was decided about them, and starts them."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tasktrail.actions.ledger import Decided
from tasktrail.engine.temporal.calls import (
    LOOK,
    TASK_WORKFLOW,
    TaskCall,
    control_queue,
    workflow_id,
)
from tasktrail.errors import StoreUnavailableError
from tasktrail.model.orders import Orders
from tasktrail.store.outbox import Call, answered, overdue
from tasktrail.store.store import Store

OVERDUE = 2.0
"""Seconds after which a call in the outbox is one that somebody has left behind."""

BETWEEN_SWEEPS = 1.0
_GATHERING = 0.5
"""Seconds in which answers gather before they are noted, all in one transaction: few enough that
nobody tells once more what was told."""

_AT_ONCE = 32
_OF_A_SWEEP = 500
_MOST_WAITING = 1000
_PATIENCE = timedelta(seconds=5)

_log = logging.getLogger(__name__)


class Nudging:
    """Nudges workflows after decisions, and sweeps up what was not told to them.

    A nudge is harmless to do too often: there is one workflow for a task at a time, and it looks at
    the store whatever it was told.
    """

    def __init__(self, client: Client, installation: str, store: Store) -> None:
        self._client = client
        self._installation = installation
        self._store = store
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._nudges: dict[asyncio.Task[None], int] = {}
        """What is under way, and of which task."""
        self._answered: list[tuple[int, int]] = []
        self._noting: asyncio.Task[None] | None = None
        self._leaving = asyncio.Event()

    def follow(self, decided: Decided) -> None:
        """Nudge the workflow of a task, if a durable decision about it calls for that."""
        # What is too much at once, as without a cluster, is left to a sweep.
        if decided.mark is not None and len(self._nudges) < _MOST_WAITING:
            task = decided.task
            call = Call(task.id, decided.mark, ended=task.status.final)
            self._begin(call, None if call.ended else _orders_to_begin_with(decided))

    def use(self, client: Client) -> None:
        """Tell by another connection from now on: the one of who runs workflows in this process, so
        that the cluster can have a new one begun here at once."""
        self._client = client

    async def sweep_up(self) -> None:
        """Nudge what others, or an earlier life, have left, again and again."""
        while True:
            try:
                await self._sweep()
            except StoreUnavailableError as error:
                _log.warning("tasks that nobody told of were not looked for: %s", error)
            except Exception:  # noqa: BLE001 - without it, what was left would never be told
                _log.exception("tasks that nobody told of were not looked for")
            await asyncio.sleep(BETWEEN_SWEEPS)

    async def aclose(self) -> None:
        """Finish what was begun; what comes to nothing is left to a sweep."""
        self._leaving.set()
        while running := [*self._nudges, *([self._noting] if self._noting else ())]:
            await asyncio.wait(running)

    async def _sweep(self) -> None:
        found = await self._store.write(lambda one: overdue(one.connection, OVERDUE, _OF_A_SWEEP))
        under_way = set(self._nudges.values())  # as when the cluster is slow
        nudges = [self._begin(call) for call in found if call.task_id not in under_way]
        if nudges:
            await asyncio.wait(nudges)

    def _begin(self, call: Call, orders: Orders | None = None) -> asyncio.Task[None]:
        nudge = asyncio.ensure_future(self._nudge(call, orders))
        self._nudges[nudge] = call.task_id
        nudge.add_done_callback(self._nudges.pop)
        return nudge

    async def _nudge(self, call: Call, orders: Orders | None) -> None:
        async with self._places:
            try:
                await (self._tell(call) if orders is None else self._start(call.task_id, orders))
            except RPCError as error:
                _log.warning("the workflow of task %s was not told yet: %s", call.task_id, error)
                return
            except Exception:  # noqa: BLE001 - it is logged, and left to a sweep
                _log.exception("the workflow of task %s was not told yet", call.task_id)
                return
        self._answered.append((call.task_id, call.mark))
        if self._noting is None:
            self._noting = asyncio.ensure_future(self._note())

    async def _start(self, task_id: int, orders: Orders) -> None:
        """Start the workflow of a new task, which needs no look for that. If there is one already,
        somebody has decided about the task later, and has it look."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                TASK_WORKFLOW,
                TaskCall(self._installation, task_id, orders=orders),
                id=workflow_id(self._installation, task_id),
                task_queue=control_queue(self._installation),
                # This process runs it if it can: the cluster need not find somebody who does.
                request_eager_start=True,
                rpc_timeout=_PATIENCE,
            )

    async def _tell(self, call: Call) -> None:
        name = workflow_id(self._installation, call.task_id)
        if not call.ended:
            await self._client.start_workflow(
                TASK_WORKFLOW,
                TaskCall(self._installation, call.task_id),
                id=name,
                task_queue=control_queue(self._installation),
                start_signal=LOOK,
                rpc_timeout=_PATIENCE,
            )
            return
        # A task that has ended needs no workflow; one that waits is to know.
        try:
            await self._client.get_workflow_handle(name).signal(LOOK, rpc_timeout=_PATIENCE)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _note(self) -> None:
        """Remove from the outbox what was answered, as much as there is in one go."""
        try:
            while self._answered:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_GATHERING):
                        await self._leaving.wait()
                done, self._answered = self._answered, []
                try:
                    await self._store.write(lambda one, done=done: answered(one.connection, done))
                except StoreUnavailableError as error:
                    _log.warning("%d nudges were not noted: %s", len(done), error)
        finally:
            self._noting = None


def _orders_to_begin_with(decided: Decided) -> Orders | None:
    """Those that give something to workers. Without, a workflow that begins after its task has
    ended already would wait for ever, and so it looks first."""
    orders = decided.orders
    return orders if orders is not None and orders.begin else None
