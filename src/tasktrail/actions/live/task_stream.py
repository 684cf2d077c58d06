"""One task as it goes on, for one follower: first what it has missed, then what is published."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from tasktrail.actions.find_logs import LogSelection, attempt_logs, check_selection
from tasktrail.actions.live.channels import Channels
from tasktrail.actions.live.event_text import OPENING, event_text, framed
from tasktrail.actions.live.follower import Follower
from tasktrail.actions.live.missed_lines import MissedLines
from tasktrail.actions.live.outlet import Pace
from tasktrail.actions.live.task_channel import Snapshot, Sources, TaskChannel
from tasktrail.actions.live.task_position import LogKey, TaskPosition, read_position
from tasktrail.actions.live.viewpoint import Viewpoint, viewpoint_of
from tasktrail.actions.permission import scope_of
from tasktrail.actions.sight import see_task
from tasktrail.errors import NotFoundError
from tasktrail.logs.line_range import Extent, LineRange
from tasktrail.model.access import Actor, Scope

_Key = tuple[int, Viewpoint, LogSelection | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to follow of a task.

    Attributes:
        logs: which logs; None means none.
        first_line: where to begin in the logs that there are; negative: from the end. A log that is
            shorter is followed from its end.
        position: the id of the last event that was received; empty at the first time.
    """

    logs: LogSelection | None
    first_line: int | None = None
    position: str = ""


class TaskStreams:
    """Streams of single tasks; what is alike is done once."""

    def __init__(self, sources: Sources, pace: Pace) -> None:
        self._sources = sources
        self._pace = pace
        self._channels: Channels[_Key, TaskChannel] = Channels()

    @property
    def channel_count(self) -> int:
        """How many different things are followed."""
        return len(self._channels)

    async def open(self, actor: Actor, task_id: int, wanted: Wanted) -> TaskStream:
        """The stream of a task.

        Raises:
            NotFoundError: there is no such task or step, or none that `actor` may see.
        """
        seen = await self._sources.store.read(
            lambda connection: see_task(connection, actor, task_id)
        )
        scope = scope_of(seen.view.task, seen.view.plan, seen.view.projects)
        viewpoint = viewpoint_of(actor, scope)
        if viewpoint is None:
            raise NotFoundError(f"there is no task {task_id}")
        starts: dict[LogKey, int] = {}
        if wanted.logs is not None:
            check_selection(seen, wanted.logs)
            if wanted.first_line is not None and not wanted.position:
                logs = attempt_logs(seen, wanted.logs)
                lines = LineRange(first=wanted.first_line)
                extents = await self._sources.logs.extents(task_id, logs, lines)
                starts = {(log.step_id, log.attempt): at.start for log, at in extents.items()}
        at_end = seen.view.task.status.final and read_position(wanted.position, ()).over
        return TaskStream(self, actor, task_id, scope, viewpoint, wanted, starts, at_end)

    @asynccontextmanager
    async def join(self, stream: TaskStream) -> AsyncGenerator[TaskChannel]:
        """The channel of what `stream` follows."""
        logs = stream.wanted.logs

        def make() -> TaskChannel:
            return TaskChannel(self._sources, self._pace, stream.actor, stream.task_id, logs)

        async with self._channels.join((stream.task_id, stream.viewpoint, logs), make) as channel:
            yield channel


@dataclass(frozen=True, slots=True)
class TaskStream:
    """A task that somebody follows. `at_end`: nothing comes any more, and the follower knows."""

    _streams: TaskStreams
    actor: Actor
    task_id: int
    _scope: Scope
    viewpoint: Viewpoint
    wanted: Wanted
    _starts: dict[LogKey, int]
    at_end: bool

    def permits(self, actor: Actor) -> bool:
        """Whether `actor` sees the task as the follower did when the stream was opened."""
        return viewpoint_of(actor, self._scope) == self.viewpoint

    async def events(self) -> AsyncGenerator[bytes]:
        """Everything after the wanted position, encoded. It ends with the task, when the follower
        is dropped, or when the store does not answer."""
        yield OPENING
        async with self._streams.join(self) as channel:
            snapshot = await channel.opened()
            if snapshot is None:
                return
            own = read_position(self.wanted.position, snapshot.steps)
            own.over = False
            own.next_lines.update(self._starts)
            behind: Snapshot | None = None
            while behind is not snapshot:
                async with aclosing(_catch_up(own, snapshot, channel.missed)) as texts:
                    async for text in texts:
                        yield text
                behind, snapshot = snapshot, channel.published or snapshot
            if snapshot.position.over:
                own.over = True
                yield event_text("end", own.text(snapshot.steps), {"taskId": self.task_id})
                return
            follower = Follower()
            channel.follow(follower)
            try:
                async with aclosing(follower.taken()) as texts:
                    async for text in texts:
                        yield text
            finally:
                channel.unfollow(follower)


async def _catch_up(
    own: TaskPosition, there: Snapshot, missed: MissedLines
) -> AsyncGenerator[bytes]:
    """The state and the lines between `own` and what was published."""
    if own.state != there.position.state:
        own.state = there.position.state
        yield framed("task", own.text(there.steps), there.state)
    for log in there.logs:
        key = log.step_id, log.attempt
        start, until = own.next_line(key), there.position.next_line(key)
        if start is None or (until is not None and start >= until):
            continue
        extent = Extent(start, None if until is None else until - 1)
        async with aclosing(missed.read(log, extent)) as parts:
            async for following, data in parts:
                own.reach(key, following)
                yield framed("lines", own.text(there.steps), data)
        if until is None:
            own.finish(key)
        else:
            own.reach(key, until)
