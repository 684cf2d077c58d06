"""Watching a task: its state after every change, and its log lines as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
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
    ) -> AsyncGenerator[dict[str, Any]]:
        """States of a task (unless they are not wanted) and lines of the selected logs.

        Ends with the final state, after all of the lines.

        Raises:
            NotFoundError: there is no such task.
        """
        items: _Items = asyncio.Queue(_QUEUED_ITEMS)
        followers = _Followers(self._logs, items, task_id)
        producer = asyncio.ensure_future(
            self._produce(items, followers, task_id, selection, system=system, states=states)
        )
        # Also when it fails the reader has to learn that nothing more comes.
        closing = asyncio.ensure_future(_close_after(producer, items))
        try:
            while (item := await items.get()) is not None:
                yield item
            await producer
        finally:
            await _end(producer, closing)
            await followers.aclose()

    async def _produce(
        self,
        items: _Items,
        followers: _Followers,
        task_id: int,
        selection: LogSelection | None,
        *,
        system: bool,
        states: bool,
    ) -> None:
        shown: dict[str, Any] | None = None
        with self._bulletin.changes_of(task_id) as changed:
            while True:
                changed.clear()
                # Until it is known whether it waits at locks, so that no release is missed.
                self._bulletin.note_locks(changed, waits=True)
                view = await self._store.read(lambda connection: view_task(connection, task_id))
                self._bulletin.note_locks(changed, waits=bool(view.waits))
                if selection is not None:
                    followers.follow(attempt_logs(view, selection))
                    if view.task.status.final:
                        await followers.ended()
                # What happened at some lock may be of no concern to this task.
                if states and (state := _state(view, system=system)) != shown:
                    await items.put(state)
                    shown = state
                if view.task.status.final:
                    return
                await changed.wait()


class _Followers:
    """Puts the lines of a task's logs into a queue, one follower a log."""

    def __init__(self, logs: LogReading, items: _Items, task_id: int) -> None:
        self._logs = logs
        self._items = items
        self._task_id = task_id
        self._wanted: dict[tuple[int, int], AttemptLog] = {}
        self._works: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._complete: set[tuple[int, int]] = set()
        self._next_line: dict[tuple[int, int], int] = {}

    def follow(self, logs: list[AttemptLog]) -> None:
        """Follow each of the logs.

        A follower that came before the log was opened ended at once, so that one whose attempt had
        not ended then has a successor, which goes on where it was.
        """
        for log in logs:
            self._wanted[log.step_id, log.attempt] = log
        for key, log in self._wanted.items():
            work = self._works.get(key)
            if work is None or (key not in self._complete and _ended_well(work)):
                self._works[key] = asyncio.ensure_future(self._lines(key, log))

    async def ended(self) -> None:
        """Return when every line is in the queue; all of the attempts have ended."""
        while len(self._complete) < len(self._wanted):
            await asyncio.gather(*self._works.values())
            self.follow([])

    async def aclose(self) -> None:
        """Follow nothing any more."""
        await _end(*self._works.values())

    async def _lines(self, key: tuple[int, int], log: AttemptLog) -> None:
        start = self._next_line.get(key, 1)
        async with aclosing(self._logs.lines(self._task_id, log, start=start)) as lines:
            async for line in lines:
                await self._items.put(line)
                self._next_line[key] = line["line"] + 1
        if log.ended:
            self._complete.add(key)


async def _close_after(producer: asyncio.Future[None], items: _Items) -> None:
    await asyncio.wait((producer,))
    await items.put(None)


async def _end(*works: asyncio.Future[None]) -> None:
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)


def _ended_well(work: asyncio.Task[None]) -> bool:
    return work.done() and not work.cancelled() and work.exception() is None


def _state(view: TaskView, *, system: bool) -> dict[str, Any]:
    return {"type": "task", "task": present_task(view, system=system)}
