"""What workers ask for whose steps submit other tasks (M17)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from tasktrail.actions.await_end import await_end
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.cancel_spawned import cancel_spawned
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.library import Library
from tasktrail.actions.submit_spawned import SpawnWish, submit_spawned
from tasktrail.actions.work.held_job import HeldJob, own_job, step_of
from tasktrail.errors import NotFoundError
from tasktrail.model.plan import JsonValue
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.worker import Worker
from tasktrail.store.states import load_state
from tasktrail.store.task_views import status_of


class SpawnDesk:
    """Submits tasks for the steps of held jobs, and tells how these tasks end.

    Everything raises `NotFoundError` about a job that is none of the worker's pool and
    `StaleClaimError` about one that is no longer the worker's.
    """

    def __init__(self, decisions: Decisions, library: Library, bulletin: Bulletin) -> None:
        self._decisions = decisions
        self._library = library
        self._bulletin = bulletin

    async def spawn(
        self,
        worker: Worker,
        held: HeldJob,
        step_id: int,
        *,
        key: str,
        target: str,
        inputs: Mapping[str, JsonValue],
    ) -> int:
        """Submit a task for a step; its id. Asking again for the same step and key gives the same.

        Raises:
            RefusedError: it cannot be submitted.
        """
        state = await self._own(worker, held)
        step_of(state, held, step_id)
        source = state.plan.source
        wish = SpawnWish(
            origin=state.task,
            step_id=step_id,
            key=key,
            target=target,
            root=source.root if source is not None else None,
            inputs=inputs,
        )
        return await submit_spawned(self._decisions, self._library, wish)

    async def status(
        self, worker: Worker, held: HeldJob, task_id: int, *, patience: float
    ) -> Status:
        """How a task stands that the job has spawned, once it has ended; after `patience` seconds
        however it stands then.

        Raises:
            NotFoundError: the job has spawned no such task.
        """
        await self._check_spawned(worker, held, task_id)
        store = self._decisions.store
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await await_end(store, self._bulletin, task_id)
        return await store.read(lambda connection: status_of(connection, task_id))

    async def cancel(self, worker: Worker, held: HeldJob, task_id: int, *, forced: bool) -> None:
        """Cancel a task that the job has spawned.

        Raises:
            NotFoundError: the job has spawned no such task.
        """
        await self._check_spawned(worker, held, task_id)

        def ask(ledger: Ledger) -> None:
            cancel_spawned(ledger, held.task_id, task_id, forced=forced)

        await self._decisions.make(ask)

    async def _check_spawned(self, worker: Worker, held: HeldJob, task_id: int) -> None:
        own = await self._own(worker, held)
        spawned = await self._decisions.store.read(lambda one: load_state(one, task_id))
        step = own.steps.get(spawned.task.origin_step_id or 0)
        if spawned.task.origin_task_id != held.task_id or step is None:
            raise NotFoundError(f"there is no task {task_id} of the job {held.job_id}")
        step_of(own, held, step.id)

    async def _own(self, worker: Worker, held: HeldJob) -> TaskState:
        state = await self._decisions.store.read(lambda one: load_state(one, held.task_id))
        own_job(state, worker, held)
        return state
