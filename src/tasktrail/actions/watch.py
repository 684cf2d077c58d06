"""Watching a task: its state after every change, and its log lines as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.logs import AttemptLog, LogReading, LogSelection, attempt_logs
from tasktrail.actions.present import present_task
from tasktrail.store.store import Store
from tasktrail.store.task_views import TaskView, view_task

_QUEUED_ITEMS = 1000
"""Items that wait for a slow watcher; producers wait with it, nothing is dropped or piled up."""


_Items = asyncio.Queue[dict[str, Any] | None]


class Watching:
    """Lets people watch tasks. Changes that come faster than they are read are shown as one."""

    def __init__(self, store: Store, bulletin: Bulletin, logs: LogReading) -> None:
        self._store = store
        self._bulletin = bulletin
        self._logs = logs

    async def watch(
        self, task_id: int, selection: LogSelection | None, *, system: bool, states: bool = True
    ) -> AsyncIterator[dict[str, Any]]:
        """States of a task (unless they are not wanted) and lines of the selected logs.

        Ends with the final state, after all of the lines.

        Raises:
            NotFoundError: there is no such task.
        """
        items: _Items = asyncio.Queue(_QUEUED_ITEMS)
        followed: dict[AttemptLog, asyncio.Task[None]] = {}
        producer = asyncio.ensure_future(
            self._produce(items, followed, task_id, selection, system=system, states=states)
        )
        # Also when it fails the reader has to learn that nothing more comes.
        closing = asyncio.ensure_future(_close_after(producer, items))
        try:
            while (item := await items.get()) is not None:
                yield item
            await producer
        finally:
            for work in (producer, closing, *followed.values()):
                work.cancel()

    async def _produce(
        self,
        items: _Items,
        followed: dict[AttemptLog, asyncio.Task[None]],
        task_id: int,
        selection: LogSelection | None,
        *,
        system: bool,
        states: bool,
    ) -> None:
        with self._bulletin.changes_of(task_id) as changed:
            while True:
                changed.clear()
                view = await self._store.read(lambda connection: view_task(connection, task_id))
                for log in attempt_logs(view, selection) if selection is not None else ():
                    if log not in followed:
                        followed[log] = asyncio.ensure_future(self._lines(items, task_id, log))
                if view.task.status.final:
                    await asyncio.gather(*followed.values())
                if states:
                    await items.put(_state(view, system=system))
                if view.task.status.final:
                    return
                await changed.wait()

    async def _lines(self, items: _Items, task_id: int, log: AttemptLog) -> None:
        async for line in self._logs.lines(task_id, log):
            await items.put(line)


async def _close_after(producer: asyncio.Future[None], items: _Items) -> None:
    await asyncio.wait((producer,))
    await items.put(None)


def _state(view: TaskView, *, system: bool) -> dict[str, Any]:
    return {"type": "task", "task": present_task(view, system=system)}
