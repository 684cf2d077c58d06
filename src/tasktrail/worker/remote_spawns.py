"""Tasks that the steps of a job submit, and wait for, elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from tasktrail.actions.submit_spawned import SpawnWish
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.engine.persistence import Persistence
from tasktrail.model.status import Status
from tasktrail.worker.work_api import WorkApi


class RemoteSpawns:
    """Asks the API for one job, however long it is away (a `SpawnedTasks`).

    `waiting` is entered while the job waits for the end of a task: it needs no slot meanwhile.
    `obey` asks for orders to stop: who canceled a task has ordered that of the step that waits for
    it in the same decision, and the order may come later than the end.
    """

    def __init__(
        self,
        api: WorkApi,
        persistence: Persistence,
        held: HeldJob,
        waiting: Callable[[], AbstractContextManager[None]],
        obey: Callable[[], Awaitable[None]],
    ) -> None:
        self._api = api
        self._persistence = persistence
        self._held = held
        self._waiting = waiting
        self._obey = obey

    async def spawn(self, wish: SpawnWish) -> int:
        """Submit a task for a step; its id.

        Raises:
            RefusedError: it cannot be submitted.
        """

        async def asked() -> int:
            return await self._api.spawn(
                self._held, wish.step_id, key=wish.key, target=wish.target, inputs=wish.inputs
            )

        return await self._persistence.until_taken(asked)

    async def await_end(self, task_id: int, *, job_id: int) -> Status:
        """See `SpawnedTasks`."""
        assert job_id == self._held.job_id, "these are the tasks of one job"

        async def asked() -> Status | None:
            return await self._api.spawned_end(self._held, task_id)

        with self._waiting():
            while True:
                ended = await self._persistence.until_taken(asked)
                if ended is Status.CANCELED:
                    await self._obey()
                if ended is not None:
                    return ended

    async def cancel_spawned(self, origin_task_id: int, task_id: int, *, forced: bool) -> None:
        """See `SpawnedTasks`."""
        assert origin_task_id == self._held.task_id, "these are the tasks of one job"

        async def asked() -> None:
            await self._api.cancel_spawned(self._held, task_id, forced=forced)

        await self._persistence.until_taken(asked)
