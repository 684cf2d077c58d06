"""Watching a task: its state after every change, and its logs as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.find_logs import LogSelection, attempt_logs
from tasktrail.actions.log_block import AttemptLog, next_line
from tasktrail.actions.logs import Extents, LogReading
from tasktrail.actions.present import present_task
from tasktrail.actions.sight import SeenTask, see_task
from tasktrail.logs.line_range import Extent
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant

_QUEUED_ITEMS = 4
"""Items that wait for a slow watcher; producers wait with it, nothing is dropped or piled up. A
block of log lines has some hundred KiB."""


_Items = asyncio.Queue[dict[str, Any] | None]


class Watching:
    """Lets people watch tasks. Changes that come faster than they are read are shown as one."""

    def __init__(self, decisions: Decisions, bulletin: Bulletin, logs: LogReading) -> None:
        self._store = decisions.store
        self._clock = decisions.clock
        self._bulletin = bulletin
        self._logs = logs

    async def watch(
        self, actor: Actor, task_id: int, selection: LogSelection | None
    ) -> AsyncGenerator[dict[str, Any]]:
        """States of a task, and what is written to the selected logs.

        Ends with the final state, after all of the lines.

        Raises:
            NotFoundError: there is no such task, or none that `actor` may see.
        """
        watched = self._watch(actor, task_id, selection, {}, states=True)
        async with aclosing(watched) as items:
            async for item in items:
                yield item

    async def follow_logs(
        self, actor: Actor, task_id: int, selection: LogSelection, extents: Extents
    ) -> AsyncGenerator[dict[str, Any]]:
        """What is in the selected logs and is written to them until the task has ended: of those
        in `extents` these lines, of attempts that begin later all, of others that exist none.

        Raises:
            NotFoundError: there is no such task, or none that `actor` may see.
        """
        watched = self._watch(actor, task_id, selection, extents, states=False)
        async with aclosing(watched) as items:
            async for item in items:
                yield item

    async def _watch(
        self,
        actor: Actor,
        task_id: int,
        selection: LogSelection | None,
        extents: Extents,
        *,
        states: bool,
    ) -> AsyncGenerator[dict[str, Any]]:
        items: _Items = asyncio.Queue(_QUEUED_ITEMS)
        followers = _Followers(self._logs, items, task_id, extents)
        producer = asyncio.ensure_future(
            self._produce(items, followers, actor, task_id, selection, states=states)
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
        actor: Actor,
        task_id: int,
        selection: LogSelection | None,
        *,
        states: bool,
    ) -> None:
        shown: dict[str, Any] | None = None
        with self._bulletin.changes_of(task_id) as changed:
            while True:
                changed.clear()
                # Until it is known whether it waits at locks, so that no release is missed.
                self._bulletin.note_locks(changed, waits=True)
                seen = await self._store.read(
                    lambda connection: see_task(connection, actor, task_id)
                )
                view = seen.view
                self._bulletin.note_locks(changed, waits=bool(view.waits))
                if selection is not None:
                    followers.follow(attempt_logs(seen, selection))
                    if view.task.status.final:
                        await followers.ended()
                # What happened at some lock may be of no concern to this task.
                if states and (state := _state(seen, self._clock())) != shown:
                    await items.put(state)
                    shown = state
                if view.task.status.final:
                    return
                await changed.wait()


class _Followers:
    """Puts the lines of a task's logs into a queue, one follower a log.

    Of logs in `extents` it begins there. Attempts before one of those are left out.
    """

    def __init__(self, logs: LogReading, items: _Items, task_id: int, extents: Extents) -> None:
        self._logs = logs
        self._items = items
        self._task_id = task_id
        self._wanted: dict[tuple[int, int], AttemptLog] = {}
        self._works: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._complete: set[tuple[int, int]] = set()
        self._next_line = {(log.step_id, log.attempt): at.start for log, at in extents.items()}
        self._first_attempts = {log.step_id: log.attempt for log in reversed(list(extents))}

    def follow(self, logs: list[AttemptLog]) -> None:
        """Follow each of the logs.

        A follower that came before the log was opened ended at once, so that one whose attempt had
        not ended then has a successor, which goes on where it was.
        """
        for log in logs:
            if log.attempt >= self._first_attempts.get(log.step_id, 1):
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
        extent = Extent(self._next_line.get(key, 1), None)
        async with aclosing(self._logs.follow(self._task_id, log, extent)) as blocks:
            async for block in blocks:
                await self._items.put(block)
                if block["type"] == "lines":
                    self._next_line[key] = next_line(block)
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


def _state(seen: SeenTask, now: Instant) -> dict[str, Any]:
    return {"type": "task", "task": present_task(seen, now)}
