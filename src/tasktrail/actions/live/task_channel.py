"""One task as it goes on, for all who follow it and see the same of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.explain import explain_error
from tasktrail.actions.find_logs import LogSelection, attempt_logs
from tasktrail.actions.live.event_text import encoded, event_text, framed
from tasktrail.actions.live.follower import Event, Follower
from tasktrail.actions.live.line_event import lines_content
from tasktrail.actions.live.missed_lines import MissedLines
from tasktrail.actions.live.outlet import Outlet, Pace
from tasktrail.actions.live.rest import rest_after
from tasktrail.actions.live.task_position import LogKey, TaskPosition
from tasktrail.actions.log_block import AttemptLog, next_line
from tasktrail.actions.logs import LogReading
from tasktrail.actions.present import present_task
from tasktrail.actions.sight import SeenTask, see_task
from tasktrail.actions.step_limits import seconds_to_next_limit
from tasktrail.logs.hub import LogWatch
from tasktrail.logs.line_range import LineRange
from tasktrail.model.access import Actor
from tasktrail.model.instant import Instant
from tasktrail.store.store import Store

_MOST_LINES = 64 * 1024
"""Bytes of lines that are published at a time, about."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is followed."""

    store: Store
    bulletin: Bulletin
    logs: LogReading
    clock: Callable[[], Instant]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was published so far: who has all of it, up to `position`, can follow from here.

    `steps` are the ids of all steps, ascending; `logs` those that there are, in their order.
    """

    position: TaskPosition
    state: bytes
    steps: tuple[int, ...]
    logs: tuple[AttemptLog, ...]


class TaskChannel:
    """The states of a task and the lines of its selected logs, as `actor` sees them."""

    def __init__(
        self,
        sources: Sources,
        pace: Pace,
        actor: Actor,
        task_id: int,
        selection: LogSelection | None,
    ) -> None:
        self.missed = MissedLines(sources.logs, task_id)
        self._sources = sources
        self._actor = actor
        self._task_id = task_id
        self._selection = selection
        self._outlet = Outlet(pace, self._publish)
        self._position = TaskPosition()
        self._state = b""
        self._steps: tuple[int, ...] = ()
        self._logs: dict[LogKey, AttemptLog] = {}
        self._pumps: dict[LogKey, asyncio.Task[None]] = {}
        self._watches: dict[LogKey, LogWatch] = {}
        self._opened = asyncio.Event()
        self._published: Snapshot | None = None
        self._dropped = False

    async def opened(self) -> Snapshot | None:
        """What was published so far, once there is something; None if there never will be."""
        await self._opened.wait()
        return self._published

    @property
    def published(self) -> Snapshot | None:
        """What was published so far."""
        return self._published

    def follow(self, follower: Follower) -> None:
        """Publish to `follower` what comes after `published`."""
        self._outlet.follow(follower)
        if self._dropped:
            follower.finish()

    def unfollow(self, follower: Follower) -> None:
        """Publish to it no more."""
        self._outlet.unfollow(follower)

    def drop_all(self) -> None:
        """See `Channel`."""
        self._dropped = True
        self._opened.set()
        self._outlet.drop_all()

    async def run(self) -> None:
        """See `Channel`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._outlet.run())
            await self._look(group)

    async def _look(self, group: asyncio.TaskGroup) -> None:
        seconds = asyncio.get_running_loop().time
        with self._sources.bulletin.changes_of(self._task_id) as changed:
            while True:
                began = seconds()
                changed.clear()
                # Until it is known whether it waits at locks, so that no release is missed.
                self._sources.bulletin.note_locks(changed, waits=True)
                now = self._sources.clock()
                seen, shown = await self._seen(now)
                self._sources.bulletin.note_locks(changed, waits=bool(seen.view.waits))
                final = seen.view.task.status.final
                await self._follow_logs(seen, group)
                if final and self._pumps:
                    await asyncio.wait(self._pumps.values())
                self._tell_state(shown)
                if final:
                    self._tell_end()
                    return
                rest = rest_after(seconds() - began)
                await self._outlet.emptied()  # what changes faster is told as one
                await asyncio.sleep(rest)
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds_to_next_limit(seen.view, now)):
                        await changed.wait()

    async def _seen(self, now: Instant) -> tuple[SeenTask, dict[str, Any]]:
        seen = await self._sources.store.read(
            lambda connection: see_task(connection, self._actor, self._task_id)
        )
        shown = present_task(seen, now)
        await explain_error(self._sources.logs, shown)
        return seen, shown

    def _tell_state(self, shown: dict[str, Any]) -> None:
        self._state = encoded(shown)
        digest = hashlib.blake2b(self._state, digest_size=8).hexdigest()
        if digest == self._position.state:
            return
        self._position.state = digest
        self._outlet.add(Event(framed("task", self._position.text(self._steps), self._state)))

    def _tell_end(self) -> None:
        self._position.over = True
        position = self._position.text(self._steps)
        self._outlet.add(Event(event_text("end", position, {"taskId": self._task_id})))
        self._outlet.finish()

    def _publish(self) -> None:
        if not self._state:
            return  # a sign of life, while the store does not answer
        self._published = Snapshot(
            self._position.copy(), self._state, self._steps, tuple(self._logs.values())
        )
        self._opened.set()

    async def _follow_logs(self, seen: SeenTask, group: asyncio.TaskGroup) -> None:
        """Have each log read that may still grow. What was there before is for each follower to
        catch up with."""
        first = not self._state
        self._steps = tuple(sorted(step.id for found in seen.view.steps.values() for step in found))
        if self._selection is None:
            return
        for log in attempt_logs(seen, self._selection):
            key = log.step_id, log.attempt
            self._logs[key] = log
            if first and log.ended:
                self._position.finish(key)
            elif key not in self._pumps and self._position.next_line(key) is not None:
                if first:
                    _, count = await self._sources.logs.extent(self._task_id, log, LineRange())
                    self._position.reach(key, count + 1)
                self._pumps[key] = group.create_task(self._pump(key))
            elif log.ended and (watch := self._watches.get(key)) is not None:
                watch.call()

    async def _pump(self, key: LogKey) -> None:
        """Publish the lines of a log until all of them were, and those of the attempt before it
        first."""
        before = self._pumps.get((key[0], key[1] - 1))
        if before is not None:
            await asyncio.wait([before])
        while True:
            log = self._logs[key]
            await self._read(key, log)
            if log.ended:
                self._position.finish(key)
                return
            if not self._logs[key].ended:
                await self._reopened(key, log)

    async def _read(self, key: LogKey, log: AttemptLog) -> None:
        start = self._position.next_line(key) or 1
        blocks = self._sources.logs.follow_in_bulk(self._task_id, log, start, _MOST_LINES)
        async with aclosing(blocks):
            async for block in blocks:
                self._position.reach(key, next_line(block))
                position = self._position.text(self._steps)
                self._outlet.add(Event(event_text("lines", position, lines_content(block))))
                await self._outlet.emptied()

    async def _reopened(self, key: LogKey, log: AttemptLog) -> None:
        """Return when somebody writes a log that nobody wrote, or its attempt has ended."""
        with self._sources.logs.await_opened(self._task_id, log) as watch:
            self._watches[key] = watch
            try:
                await watch.wait_grown()
            finally:
                del self._watches[key]
